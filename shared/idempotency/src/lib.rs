//! Under which name a request is carried out once: the key that its client chose, what was asked for under it, and the
//! ids that follow from it. Bets of all kinds, deposits, withdrawals and jackpots are repeated by the same rules.
//!
//! Keeps M3: an id that follows from a user and a key is the same at each repeat, so a repeat finds the first one.
//! Derivations never change: what is stored is found by them.
//!
//! Architecture invariant: nothing here reads a clock, draws a random number or does I/O.

mod bet_id;
mod derived_id;
mod fingerprint;
mod key;

pub use bet_id::{BetId, Existing};
pub use derived_id::{DerivedId, DerivedIdError};
pub use fingerprint::Fingerprint;
pub use key::{IdempotencyKey, IdempotencyKeyError};
