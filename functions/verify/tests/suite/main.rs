//! The tests of the crate, in one binary: it is linked once.

#![cfg(test)]

mod funded;
mod history;
mod memory;
mod moved;
mod schedule;
mod torn;
mod world;
