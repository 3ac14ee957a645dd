//! What all money has in common: the accounts of the system, chains of entries, transfers, and what each key moved.

pub(crate) mod accounts;
pub(crate) mod chain;
pub(crate) mod money;
pub(crate) mod movement;
pub(crate) mod transfers;
