//! House games: periods, the shards of their bets, results and bets.

pub(crate) mod entities;
pub(crate) mod lists;
pub(crate) mod reads;
pub(crate) mod transactions;
