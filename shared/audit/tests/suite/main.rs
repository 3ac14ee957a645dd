//! The tests of the crate, in one binary: it is linked once.

#![cfg(test)]

mod adjustments;
mod agreed;
mod archived;
mod barred;
mod common;
mod corruptions;
mod drawn;
mod fed;
mod game_blocks;
mod games;
mod jackpots;
mod limits;
mod moved;
mod payments;
mod period_times;
mod players;
mod report;
mod seals;
mod secrets;
mod settings;
mod shares;
mod sound;
mod staff;
mod switches;
mod transfer_order;
