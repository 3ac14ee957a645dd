//! `GET /api/wallet` and `GET /api/wallet/ledger`: a player's balances, and every ledger entry that explains them.
//!
//! Keeps M8: the wallet belongs to the token's subject; no request can name another.

mod handler;

pub use handler::router;

use evens_runtime::Need;

pub const NEEDS: &[Need] = &[Need::TokenPublicKeys, Need::RateLimits];
