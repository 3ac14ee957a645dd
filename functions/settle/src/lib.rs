//! Pays the winner of a match, once. If the round has one outcome for all its matches, draws the match first.
//!
//! Keeps M3 (the payout shares a transaction with the match's state) and M7 (the outcome is stored before any payment;
//! a second draw finds the first).
//!
//! Architecture invariant: a job is a hint. The message only selects the match to look at.

mod handler;

pub use handler::handle;

use evens_runtime::{Function, Stack};

pub const FUNCTION: Function = Function { folder: "settle", stack: Stack::Exchange, ..Function::JOBS };
