//! The tests of the crate, in one binary: it is linked once.

#![cfg(test)]

mod batch;
mod clients;
mod jackpot_operation;
mod poller;
mod settings;
mod spans;
mod stage_switches;
mod tokens;
