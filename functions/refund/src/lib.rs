//! Refunds the unmatched part of a bet: after its time, or when its round has ended.
//!
//! Keeps M3 and M6: the refund shares a transaction with the unmatched bet, which a match needs as well.
//!
//! Architecture invariant: a job is a hint. The table says whether the bet's time is over or its round has ended.

mod handler;

pub use handler::handle;

use evens_runtime::Need;

pub const NEEDS: &[Need] = &[Need::RefundAfter];
