//! `GET /api/bets`, `GET /api/bets/{betId}` and `GET /api/bets/{betId}/matches`: the current state of a player's bets.
//!
//! Keeps M8: another player's bet gets the same answer as an unknown id.

mod handler;

pub use handler::router;

use evens_runtime::{Calls, Function, Slow, Stack, Stages, Start};

pub const FUNCTION: Function = Function {
    folder: "bets",
    stack: Stack::Exchange,
    start: Start::Requests(Stages { local: 5, dev: 3, staging: 30, prod: 30 }),
    slow: Slow { calls: Calls::Many, warn_ms: 1_000, page_ms: 5_000 },
    ..Function::REQUESTS
};
