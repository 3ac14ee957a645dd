//! `GET /api/games/my-bets` and the same of a room: a player's bets on games as they stand.
//!
//! Keeps M8: the bets are the token's subject's.

mod handler;

pub use handler::router;

use evens_runtime::Need;

/// What it has to be told.
pub const NEEDS: &[Need] = &[Need::TokenPublicKeys, Need::RateLimits];
