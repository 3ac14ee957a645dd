//! `POST /api/bets`: validates, debits the wallet, enters it in the ledger and puts the bet into the book, all in one
//! transaction; then asks for its matching, if anybody waits against it, and answers 202.
//!
//! Keeps M2, M3 and M8: the bet is the token's subject's, and its id follows from the user and the idempotency key, so
//! a repeat finds the first one's result and gives it again.
//!
//! Architecture invariant: no rule lives here. The body is parsed by `contracts`, the bet decided by `exchange`.

mod handler;
mod round_opener;
mod under_way;

pub use handler::router;
pub use round_opener::RoundOpener;

use evens_runtime::Need;

/// What it has to be told.
pub const NEEDS: &[Need] = &[
    Need::TokenPublicKeys,
    Need::RateLimits,
    Need::Bets,
    Need::StakeMin,
    Need::WaitingBetsMax,
    Need::RefundAfter,
    Need::AttendanceOffset,
];
