//! A transaction is a function with a name, and its documentation is its list of conditions: they are numbered like the
//! items of the request, and the lowest one that failed decides the outcome.

pub(crate) mod fence;
pub(crate) mod fund_wallet;
pub(crate) mod wallet_items;
