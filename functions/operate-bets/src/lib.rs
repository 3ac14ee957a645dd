//! The way out for stuck money: operators give back what of a bet still waits, and both stakes of a match that nothing
//! ends; and they look up entries of ledgers. The `evens` binary does the same by commands.
//!
//! Keeps: each act has a reason, and its line in the audit log, in the transaction that does it. Money goes back to
//! whom it came from and to nobody else. A match whose outcome is fixed is paid and never undone (M7).
//!
//! Architecture invariant: no rule lives here. `exchange` says what may be voided, the store moves the money.
//!
//! Not in simulated runs: no money is stuck there that rules would not free.

mod acts;
mod handler;
mod ledger;

pub use acts::{RefundDone, VoidDone, refund_bet, void_match};
pub use handler::router;

use evens_runtime::Need;

/// What it has to be told.
pub const NEEDS: &[Need] = &[Need::TokenPublicKeys, Need::RateLimits];
