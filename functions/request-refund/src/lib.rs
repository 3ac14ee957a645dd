//! `POST /api/bets/{betId}/refund`: a player takes back what of their bet still waits.
//!
//! Keeps M8: a bet of somebody else looks like one that does not exist. Keeps M3: the refund shares a transaction with
//! the unmatched bet, so a repeat finds nothing to refund.

mod handler;

pub use handler::router;

use evens_runtime::Need;

/// What it has to be told.
pub const NEEDS: &[Need] = &[Need::TokenPublicKeys, Need::RateLimits, Need::RefundAfter];
