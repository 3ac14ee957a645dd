//! Pays jackpot wins, begins drawn ones, and makes contributions that could not be made in time.
//!
//! Keeps M3 and M9: each payment shares a transaction with the pool it comes from, and each win collects a meter once.
//! A win that was interrupted by a crash is continued here.
//!
//! Architecture invariant: a job is a hint. Only the table says which win is in progress, who gets how much, and how
//! far it has come.

mod handler;

pub use handler::handle;

use evens_runtime::{Function, Stack};

pub const FUNCTION: Function = Function {
    folder: "jackpot-win",
    stack: Stack::Jackpots,
    about: "Credits wallets, and cannot start a win that was not drawn.",
    ..Function::JOBS
};
