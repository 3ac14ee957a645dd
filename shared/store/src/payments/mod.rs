//! Deposits and withdrawals in the table: orders, payments records of players, payees, and the reconciliation with
//! providers' statements.

pub(crate) mod ended_withdrawals;
pub(crate) mod entities;
pub(crate) mod orders;
mod payout_facts;
pub(crate) mod provider_account;
pub(crate) mod reports;
pub(crate) mod transactions;
mod turnover;
pub(crate) mod waiting_orders;
