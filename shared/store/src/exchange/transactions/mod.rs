//! A transaction is a function with a name. Its documentation lists its conditions, numbered like the items of the
//! request; the lowest one that failed decides the outcome.

pub(crate) mod close_book;
pub(crate) mod draw_match;
pub(crate) mod end_bet;
pub(crate) mod join_bets;
pub(crate) mod place_bet;
pub(crate) mod refund_bet;
pub(crate) mod settle_match;
pub(crate) mod void_match;
pub(crate) mod write_round;
