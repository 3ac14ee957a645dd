//! A transaction is a function with a name. Its documentation lists its conditions, numbered like the items of the
//! request; the lowest one that failed decides the outcome.

pub(crate) mod add_payee;
pub(crate) mod change_limits;
pub(crate) mod change_order;
pub(crate) mod change_payments_record;
pub(crate) mod free_account;
pub(crate) mod give_first_bonus;
pub(crate) mod open_order;
pub(crate) mod order_items;
pub(crate) mod remove_payee;
mod settle_paid_twice;
