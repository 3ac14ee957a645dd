//! Finds what a lost message left behind and sends its job again (M6).
//!
//! Every minute, through the book and a sparse index, shard by shard and never by a scan, it looks for
//!
//! - bets that have waited for a minute and may have an opponent, and bets past their time to be refunded;
//! - matches that are not settled a minute after they were joined;
//! - rounds past their latest moment to close, and ended rounds with something left;
//! - lanes of periods that are not paid;
//! - wins of jackpots that began and are not paid, or were drawn and have not begun;
//! - new players to whom something is owed, and bonuses for first deposits;
//! - deposits and withdrawals whose turn it is that somebody looks at them;
//! - sessions that owe the day of a login, or the news of a new password.
//!
//! It also tells for how long the oldest of them have been unfinished, and the same of what no job ends: periods that
//! are not drawn, withdrawals that wait for a cashier, and money that nobody claims.
//!
//! What is sent again has a deduplication id of its own, because a queue swallows a repeated one for five minutes. A
//! queue in which many jobs wait is sent to in each tenth minute only: those of what was left behind are most likely
//! among them.
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
