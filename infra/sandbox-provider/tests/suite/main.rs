//! All tests of the crate in one binary, so that it is linked once.

#![cfg(test)]

mod api;
mod callbacks;
mod common;
mod faults;
mod faulty_calls;
mod page;
mod payments;
mod payouts;
mod properties;
mod restart;
mod signature;
mod statement;
mod values;
mod webhook;
