//! The tests of the crate, in one binary: it is linked once.

#![cfg(test)]

mod common;
mod ids;
mod open_deposit;
mod payouts;
mod properties;
mod request_withdrawal;
mod settle_deposit;
mod states;
