//! Finds what a lost message left behind and sends its job again (M6).
//!
//! Every minute: bets that wait for more than a minute, bets past their time, matches that are not settled a minute
//! after they were joined, ended rounds with something left, new players to whom something is owed, and
//! logins whose day is not written down. Found through
//! the book and a sparse index, shard by shard, never by a scan. What is sent again has a deduplication id of its own,
//! because a queue swallows a repeated one for five minutes. A queue in which many jobs wait is sent to in each tenth
//! minute only: those of what was left behind are most likely among them.
//!
//! Architecture invariant: nothing is changed here; a job that was not needed is harmless.

mod bets;
mod handler;
mod kinds;
mod left;
mod overdue;
mod sweep;
mod waiting;

pub use handler::handle;
pub use kinds::{KINDS, Kind};

use evens_runtime::Need;

/// What it has to be told.
pub const NEEDS: &[Need] = &[Need::RefundAfter];
