//! Jackpots in the table.
//!
//! Architecture invariant: this is the only module that names a `JACKPOT…` key, so every change of a jackpot is a
//! transaction of this folder.

pub(crate) mod entities;
pub(crate) mod proposals;
pub(crate) mod reads;
pub(crate) mod transactions;
