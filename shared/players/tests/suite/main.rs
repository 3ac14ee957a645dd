//! The tests of this crate. They are one binary, which is linked once.

#![cfg(test)]

mod account;
mod attendance;
mod bonus;
mod code;
mod common;
mod name;
mod password;
mod phone;
mod rate;
mod recovery;
mod referral;
mod session;
