//! `POST /api/bets`: validates the bet. One transaction debits the wallet, appends the ledger entry and puts the bet
//! into the book. Then a match job is sent if there may be an opponent, and the answer is 202.
//!
//! Keeps M2, M3 and M8: the bet belongs to the token's subject. Its id derives from the user and the idempotency key,
//! so a repeat finds the first result and returns it.
//!
//! Architecture invariant: no rule lives here. `contracts` parses the body and `exchange` decides about the bet.

mod handler;
mod round_opener;
mod under_way;

pub use handler::router;
pub use round_opener::RoundOpener;

use evens_runtime::{Calls, Function, Slow, Stack, Stages, Start};

pub const FUNCTION: Function = Function {
    folder: "place-bet",
    stack: Stack::Exchange,
    start: Start::Requests(Stages { local: 5, dev: 4, staging: 75, prod: 75 }),
    slow: Slow { calls: Calls::Many, warn_ms: 1_000, page_ms: 5_000 },
    ..Function::REQUESTS
};
