//! M1 to M7 of bets against the house: their money, their periods and their draws.

pub(crate) mod bets;
pub(crate) mod draws;
pub(crate) mod endings;
pub(crate) mod shards;
pub(crate) mod times;
