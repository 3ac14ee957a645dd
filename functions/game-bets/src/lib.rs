//! A player's bets on games: `GET /api/games/my-bets`, the same for one room, one bet at `GET
//! /api/games/my-bets/{betId}`, and their statistics at `GET /api/users/in-house-games/stats`.
//!
//! Keeps M8: the bets are those of the token's subject.

mod handler;
mod recent_statistics;
mod statistics;

pub use handler::router;

use evens_runtime::Need;

pub const NEEDS: &[Need] = &[Need::TokenPublicKeys, Need::RateLimits, Need::AttendanceOffset];
