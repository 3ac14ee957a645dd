//! `GET /api/games/my-bets` and the same of a room: a player's bets on games as they stand; and
//! `GET /api/users/in-house-games/stats`: what they came to.
//!
//! Keeps M8: the bets are the token's subject's.

mod handler;
mod recent_statistics;
mod statistics;

pub use handler::router;

use evens_runtime::Need;

/// What it has to be told.
pub const NEEDS: &[Need] = &[Need::TokenPublicKeys, Need::RateLimits, Need::AttendanceOffset];
