//! Checks shared by all money: system accounts, chains of entries, transfers, and the movement of each key.

pub(crate) mod accounts;
pub(crate) mod chain;
pub(crate) mod money;
pub(crate) mod movement;
pub(crate) mod transfers;
