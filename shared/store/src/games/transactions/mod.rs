//! A transaction is a function with a name, and its documentation is its list of conditions: they are numbered like the
//! items of the request, and the lowest one that failed decides the outcome.

pub(crate) mod close_period;
pub(crate) mod pay_game_bets;
pub(crate) mod place_game_bet;
pub(crate) mod write_period;
