//! `GET /api/wallet` and `GET /api/wallet/ledger`: a player's money, and every entry that explains it.
//!
//! Keeps M8: the wallet is the token's subject's; no request can name another.

mod handler;

pub use handler::router;

use evens_runtime::Need;

/// What it has to be told.
pub const NEEDS: &[Need] = &[Need::TokenPublicKeys, Need::RateLimits];
