//! Money in the table: wallets, their entries, transfers and fundings, and the items of every movement of money.

pub(crate) mod entities;
pub(crate) mod find_entries;
mod reads;
pub(crate) mod transactions;
