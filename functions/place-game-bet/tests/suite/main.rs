//! The tests of the crate, in one binary: it is linked once.

#![cfg(test)]

mod crowd;
mod reads;
mod throttled;
mod world;
