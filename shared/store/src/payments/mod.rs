//! Money in and out in the table: orders, what is known of a player's payments, payees, and how
//! they agree with what providers state.

pub(crate) mod entities;
pub(crate) mod orders;
pub(crate) mod provider_account;
pub(crate) mod reports;
pub(crate) mod transactions;
mod turnover;
pub(crate) mod waiting_orders;
