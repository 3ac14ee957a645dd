//! The tests of the crate, in one binary: it is linked once.

#![cfg(test)]

mod callbacks;
mod common;
mod faults;
mod payments;
mod payouts;
mod properties;
mod statement;
mod values;
