//! The tests of the crate, in one binary: it is linked once.

#![cfg(test)]

mod common;
mod notifications;
mod outage;
mod settings;
