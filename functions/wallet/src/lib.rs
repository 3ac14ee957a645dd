//! `GET /api/wallet` and `GET /api/wallet/ledger`: a player's balances, and every ledger entry that explains them.
//!
//! Keeps M8: the wallet belongs to the token's subject; no request can name another.

mod handler;

pub use handler::router;

use evens_runtime::{Calls, Function, Slow, Stack, Stages, Start};

pub const FUNCTION: Function = Function {
    folder: "wallet",
    stack: Stack::Players,
    start: Start::Requests(Stages { local: 5, dev: 2, staging: 28, prod: 28 }),
    slow: Slow { calls: Calls::Many, warn_ms: 1_000, page_ms: 5_000 },
    ..Function::REQUESTS
};
