//! Refunds the unmatched part of a bet: after its time, when its round has ended, or when its player is excluded or
//! blocked.
//!
//! Keeps M3 and M6: the refund shares a transaction with the unmatched bet, which a match needs as well.
//!
//! Architecture invariant: a job is a hint. The table says whether the bet's time is over, its round has ended, or its
//! player is barred.

mod handler;

pub use handler::handle;

use evens_runtime::{Function, Stack};

pub const FUNCTION: Function = Function { folder: "refund", stack: Stack::Exchange, ..Function::JOBS };
