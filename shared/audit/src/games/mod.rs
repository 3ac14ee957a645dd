//! M1 to M7 of bets against the house: their money, their periods, and what was drawn for them.

pub(crate) mod bets;
pub(crate) mod draws;
pub(crate) mod endings;
pub(crate) mod shards;
