//! Applies payment providers' reports to orders: credits, fails, suspends, completes, refunds and charges back. Queries
//! a provider about an order if a callback is not enough or never came.
//!
//! Keeps M3: the effect of a report shares a transaction with the order's revision. A report that is repeated, late or
//! out of order therefore has one effect. Unexpected money goes to the suspense account and is never lost.
//!
//! Architecture invariant: a callback is a hint. Everything but the plain case is decided by the provider's current
//! record.

mod deposits;
mod disputes;
mod handler;
mod refunds;
mod withdrawals;

pub use handler::PaymentFollower;

use evens_runtime::{Function, Stack};

pub const FUNCTION: Function =
    Function { folder: "follow-payments", stack: Stack::Payments, ..Function::JOBS };
