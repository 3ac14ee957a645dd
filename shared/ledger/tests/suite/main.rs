//! The tests of the crate, in one binary: it is linked once.

#![cfg(test)]

mod amount;
mod chain;
mod common;
mod entry_text;
mod invariant;
mod parts;
mod text;
mod wallet;
