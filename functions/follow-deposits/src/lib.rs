//! Gives the bonuses that follow from credited deposits: the player's first-deposit bonus and the referrer's bonus.
//!
//! Keeps M3: the bonus shares a transaction with the record that owes it, so a repeated job gives it once. The job
//! touches one player's wallet only, so trouble with another account cannot delay it. The referrer's bonus is therefore
//! a job of its own.
//!
//! Architecture invariant: a job is a hint. The player's record says which bonuses are owed.

mod handler;

pub use handler::handle;

use evens_runtime::{Calls, Function, Slow, Stack};

pub const FUNCTION: Function = Function {
    folder: "follow-deposits",
    stack: Stack::Payments,
    about: "Pays the bonuses owed for deposits and writes no order.",
    slow: Slow { calls: Calls::Few, warn_ms: 1_000, page_ms: 5_000 },
    ..Function::JOBS
};
