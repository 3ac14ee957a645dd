//! Bets, matches and rounds.

mod bets;
mod conservation;
mod r#match;
pub(crate) mod operate_rounds;
mod place_bet;
mod refund;
mod restored;
mod rounds;
pub(crate) mod settle;
