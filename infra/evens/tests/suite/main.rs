//! The tests of the crate, in one binary, so that it is linked once.

#![cfg(test)]

mod export;
mod system;
mod verify;
