//! `GET /api/rounds`, the open rounds. `GET /api/rounds/{roundId}` and `/matches`: the public view of a round. Its seed
//! and its matches become visible once the round has closed, not before. With both, anyone can recompute the draws
//! (M7).
//!
//! Architecture invariant: this function never reads a seed item; all public data is on the round. No answer names a
//! player (M8).

mod handler;
mod open_rounds;
mod recent_totals;

pub use handler::router;

use evens_runtime::{Calls, Function, Slow, Stack, Stages, Start};

pub const FUNCTION: Function = Function {
    folder: "rounds",
    stack: Stack::Exchange,
    start: Start::Requests(Stages { local: 5, dev: 4, staging: 25, prod: 25 }),
    slow: Slow { calls: Calls::Many, warn_ms: 1_000, page_ms: 5_000 },
    ..Function::REQUESTS
};
