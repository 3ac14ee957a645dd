//! Money in and out: deposits, withdrawals and payees.

pub(crate) mod decisions;
pub(crate) mod deposits;
pub(crate) mod limits;
pub(crate) mod order_items;
pub(crate) mod orders;
pub(crate) mod payees;
pub(crate) mod reviews;
pub(crate) mod settings;
