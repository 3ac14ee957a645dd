//! The tests of this crate. They are one binary, which is linked once.

#![cfg(test)]

mod bet;
mod block;
mod common;
mod distribution;
mod draw;
mod exposure;
mod fifth_game;
mod limits;
mod owed;
mod payouts;
mod period;
mod period_id;
mod place_bet;
mod play_statistics;
mod record;
mod returns;
mod settle;
mod trend;
