//! House games: periods, the shards of their bets, results, bets, and statistics.

pub(crate) mod entities;
pub(crate) mod lists;
pub(crate) mod play_statistics;
pub(crate) mod reads;
pub(crate) mod recent_play;
pub(crate) mod transactions;
