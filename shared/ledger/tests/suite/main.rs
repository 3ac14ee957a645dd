//! The tests of this crate. They are one binary, which is linked once.

#![cfg(test)]

mod amount;
mod chain;
mod common;
mod entry_text;
mod invariant;
mod parts;
mod text;
mod transfer;
mod wallet;
