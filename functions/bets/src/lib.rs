//! `GET /api/bets`, `GET /api/bets/{betId}` and its `/matches`: a player's bets as they stand.
//!
//! Keeps M8: a bet of somebody else looks like one that does not exist.

mod handler;

pub use handler::router;

use evens_runtime::Need;

/// What it has to be told.
pub const NEEDS: &[Need] = &[Need::TokenPublicKeys, Need::RateLimits];
