//! Gives back what of a bet still waits: after its time, or when its round has ended.
//!
//! Keeps M3 and M6: the refund shares a transaction with the unmatched bet, which a match needs as well.
//!
//! Architecture invariant: a job is a hint. That its time has come, or that its round has ended, is looked up.

mod handler;

pub use handler::handle;

use evens_runtime::Need;

/// What it has to be told.
pub const NEEDS: &[Need] = &[Need::RefundAfter];
