//! `POST /api/games/{gameType}/{duration}/block`: an oracle hands in the block that draws a period.
//!
//! Keeps M7: the oracle is the one whose key was on the period before its first bet, the block is of after the closing,
//! and the first one that is taken is final. The clock draws with it; nothing here reads a seed or a bet.
//!
//! Not in simulated runs: blocks come from a chain there.

mod handler;

pub use handler::router;

use evens_runtime::Need;

/// What it has to be told.
pub const NEEDS: &[Need] = &[Need::TokenPublicKeys, Need::RateLimits];
