//! `POST /api/bets/{betId}/refund`: refunds the unmatched part of a player's own bet.
//!
//! Keeps M8: another player's bet gets the same answer as an unknown id. Keeps M3: the refund shares a transaction with
//! the unmatched bet, so a repeat finds nothing to refund.

mod handler;

pub use handler::router;

use evens_runtime::{Function, Stack, Stages, Start};

pub const FUNCTION: Function = Function {
    folder: "request-refund",
    stack: Stack::Exchange,
    start: Start::Requests(Stages { local: 5, dev: 3, staging: 10, prod: 10 }),
    ..Function::REQUESTS
};
