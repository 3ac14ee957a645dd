//! The tests of this crate. They are one binary, which is linked once.

#![cfg(test)]

mod common;
mod limits;
mod play_limits;
mod reality_check;
