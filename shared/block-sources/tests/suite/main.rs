//! The tests of the crate, in one binary: it is linked once.

#![cfg(test)]

mod local_chain;
mod node;
mod settings;
mod tron_node;
