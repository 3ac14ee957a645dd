//! A/B betting in the table: bets, their unmatched parts, matches and rounds.

pub(crate) mod ended_rounds;
pub(crate) mod entities;
pub(crate) mod finish;
pub(crate) mod lists;
pub(crate) mod open_rounds;
pub(crate) mod reads;
pub(crate) mod round_totals;
pub(crate) mod transactions;
pub(crate) mod unmatched_bets;
pub(crate) mod unmatched_of_player;
