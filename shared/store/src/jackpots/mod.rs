//! Jackpots in the table.
//!
//! Architecture invariant: this is the only module that names a `JACKPOT…` key, so all that happens to a jackpot
//! happens by a transaction of this folder.

pub(crate) mod entities;
pub(crate) mod proposals;
pub(crate) mod reads;
pub(crate) mod transactions;
