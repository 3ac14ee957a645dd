//! The way out for stuck money: operators refund unmatched bets, return both stakes of a match that does not end, and
//! look up ledger entries. The `evens` binary offers the same as commands.
//!
//! Keeps: each action has a reason and an audit log line in its own transaction. Money returns only to its payer. A
//! match whose outcome is fixed is paid, never undone (M7).
//!
//! Architecture invariant: no rule lives here. `exchange` decides which matches may be voided, and the store moves the
//! money.
//!
//! Not in simulated runs: there the rules release all money without an operator.

mod acts;
mod handler;
mod ledger;

pub use acts::{RefundDone, VoidDone, refund_bet, void_match};
pub use handler::router;

use evens_runtime::{Function, Stack};

pub const FUNCTION: Function =
    Function { folder: "operate-bets", stack: Stack::Exchange, ..Function::REQUESTS };
