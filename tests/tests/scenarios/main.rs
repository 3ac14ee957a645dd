//! Scenarios over the running system, in the folders of the functions that they are about.

#![cfg(test)]

mod bets;
mod compat;
mod conservation;
mod r#match;
mod operate_rounds;
mod place_bet;
mod refund;
mod rounds;
mod settle;
mod sweep;
mod wallet;
