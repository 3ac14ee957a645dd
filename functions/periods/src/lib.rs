//! `GET /api/games` and the routes below it: games, current periods, results and trends. They are public.
//!
//! Architecture invariant: this function never reads a seed item, nor the bets of a player. The public data of a period
//! is on the period itself (M7). No answer names a player (M8).

mod catalog;
mod handler;
mod page;
mod rooms;

pub use handler::router;

use evens_runtime::{Calls, Function, Slow, Stack, Stages, Start};

pub const FUNCTION: Function = Function {
    folder: "periods",
    stack: Stack::Games,
    start: Start::Requests(Stages { local: 5, dev: 2, staging: 19, prod: 19 }),
    slow: Slow { calls: Calls::Many, warn_ms: 1_000, page_ms: 5_000 },
    ..Function::REQUESTS
};
