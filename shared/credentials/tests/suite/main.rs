//! The tests of the crate, in one binary: it is linked once.

#![cfg(test)]

mod codes;
mod passwords;
mod settings;
