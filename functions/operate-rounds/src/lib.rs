//! `POST /api/rounds` and its steps: operators open, close and cancel rounds; oracles submit results. Operators also
//! list the rounds that are not finished, and the unmatched bets of one.
//!
//! Keeps M7: the seed is created before the first bet. A round moves on by a conditional write from the state that was
//! read. Every step may be repeated; a repeat changes nothing.

mod handler;
mod reads;

pub use handler::{ask_for_finish, router};

use evens_runtime::{Function, Stack, Stages, Start};

pub const FUNCTION: Function = Function {
    folder: "operate-rounds",
    stack: Stack::Exchange,
    start: Start::Requests(Stages { local: 3, dev: 2, staging: 3, prod: 3 }),
    ..Function::REQUESTS
};
