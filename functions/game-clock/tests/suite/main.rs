//! The tests of the crate, in one binary: it is linked once.

#![cfg(test)]

mod blocks;
mod cold_start;
mod pauses;
mod world;
