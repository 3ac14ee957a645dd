//! Money in the table: wallets, their entries, transfers and fundings; and the items of every movement.

pub(crate) mod entities;
mod reads;
pub(crate) mod transactions;
