//! `GET /api/bets`, `GET /api/bets/{betId}` and `GET /api/bets/{betId}/matches`: the current state of a player's bets.
//!
//! Keeps M8: another player's bet gets the same answer as an unknown id.

mod handler;

pub use handler::router;

use evens_runtime::Need;

pub const NEEDS: &[Need] = &[Need::TokenPublicKeys, Need::RateLimits];
