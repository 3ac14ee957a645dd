//! Idempotency of requests: the key that the client chose, the fingerprint of the request, and the ids derived from
//! them. Bets of all kinds, deposits, withdrawals and jackpots use the same rules.
//!
//! Keeps M3: an id derived from a user and a key is the same for each repeat, so a repeat finds the first request.
//! Derivations never change, because stored items are found by them.
//!
//! Architecture invariant: nothing here reads a clock, draws a random number or does I/O.

mod bet_id;
mod derived_id;
mod fingerprint;
mod key;

pub use bet_id::{BetId, ExistingBet};
pub use derived_id::{DerivedId, DerivedIdError};
pub use fingerprint::Fingerprint;
pub use key::{IdempotencyKey, IdempotencyKeyError};
