//! A transaction is a function with a name. Its documentation lists its conditions, numbered like the items of the
//! request; the lowest one that failed decides the outcome.

pub(crate) mod fence;
pub(crate) mod fund_wallet;
pub(crate) mod wallet_items;
