//! A player's payments beside their orders: the record with sums and limits, bank accounts, debts and adjustments.

pub(crate) mod adjust;
pub(crate) mod debt;
pub(crate) mod free_account;
pub(crate) mod identity;
pub(crate) mod opponents;
pub(crate) mod own_limits;
pub(crate) mod payee;
pub(crate) mod payments_record;
pub(crate) mod settings_changes;
pub(crate) mod settings_entry;
pub(crate) mod turnover;
