//! The tests of the crate, in one binary: it is linked once.

#![cfg(test)]

mod bye;
mod catching_up;
mod connection;
mod outbox;
mod revision;
mod room;
mod world;
