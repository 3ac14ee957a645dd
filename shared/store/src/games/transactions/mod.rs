//! A transaction is a function with a name. Its documentation lists its conditions, numbered like the items of the
//! request; the lowest one that failed decides the outcome.

pub(crate) mod close_period;
pub(crate) mod draw_period;
pub(crate) mod pay_game_bets;
pub(crate) mod place_game_bet;
pub(crate) mod write_period;
