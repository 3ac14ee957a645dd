//! A player's bets on games: `GET /api/games/my-bets`, the same for one room, one bet at `GET
//! /api/games/my-bets/{betId}`, and their statistics at `GET /api/users/in-house-games/stats`.
//!
//! Keeps M8: the bets are those of the token's subject.

mod handler;
mod recent_statistics;
mod statistics;

pub use handler::router;

use evens_runtime::{Calls, Function, Slow, Stack, Stages, Start};

pub const FUNCTION: Function = Function {
    folder: "game-bets",
    stack: Stack::Games,
    start: Start::Requests(Stages { local: 5, dev: 2, staging: 10, prod: 10 }),
    slow: Slow { calls: Calls::Many, warn_ms: 1_000, page_ms: 5_000 },
    ..Function::REQUESTS
};
