//! Scenarios over the running system, in the folders of the functions that they are about.

#![cfg(test)]

mod attendance;
mod beside;
mod bets;
mod blocking;
mod compat;
mod conservation;
mod corrupt;
mod dead_letters;
mod deposits;
mod engine_ends;
mod engine_ports;
mod exploits;
mod hardening;
mod login;
mod r#match;
mod odd_inputs;
mod one_address;
mod one_box;
mod operate_rounds;
mod place_bet;
mod rate_limits;
mod referral;
mod refund;
mod restored;
mod rounds;
mod sessions;
mod settle;
mod sign_up;
mod sweep;
mod user_commands;
mod wallet;
mod watched;
