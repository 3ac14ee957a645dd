//! The tests of this crate. They are one binary, which is linked once.

#![cfg(test)]

mod bet;
mod book;
mod commission;
mod common;
mod draw;
mod entry_subject;
mod ids;
mod matching;
mod place_bet;
mod refund;
mod round;
mod round_place;
mod settlement;
mod verdict;
mod way_out;
