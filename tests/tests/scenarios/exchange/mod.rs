//! Bets, matches and rounds.

mod barred;
mod bets;
mod commission;
mod conservation;
mod r#match;
mod open_rounds;
pub(crate) mod operate_rounds;
mod place_bet;
mod quick_round;
mod refund;
mod restored;
mod rounds;
pub(crate) mod settle;
