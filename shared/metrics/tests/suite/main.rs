//! The tests of this crate. They are one binary, which is linked once.

#![cfg(test)]

mod formats;
mod history;
mod sockets;
