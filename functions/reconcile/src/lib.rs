//! Compares a day of a payment provider with our orders and our ledger, and reports what differs: each day on Lambda,
//! each hour on one box, where a day that has its report is passed over.
//!
//! A day is reconciled when nothing new comes that belongs to it: a day of grace after it is over, and later where the
//! provider settles later. It is read out of the whole table, which is said where that is done
//! (`Store::scan_provider_account`).
//!
//! Keeps M3: what only a statement tells, the fees of a day and what moved between provider and bank, is booked under
//! its own key, and so once.
//!
//! A statement may have millions of lines. It lies on the disk and is read line by line, once for each question; what
//! is held grows with what our ledger booked on the day and with what differs, not with the file.
//!
//! Architecture invariant: nothing is repaired here. Of an order that differs, its provider is asked by a job, as
//! whenever a callback is lost; all else is for people.
//!
//! Not in simulated runs: it reads the whole table, by a schedule of its own.

mod day;
mod fault;
mod handler;
mod spool;
mod statement;

pub use day::{DayFound, reconcile_day};
pub use fault::ReconcileFault;
pub use handler::Reconciler;
pub use statement::Statement;

use evens_providers::PaymentNeed;
use evens_runtime::Need;

/// What it has to be told.
pub const NEEDS: &[Need] = &[Need::AttendanceOffset];

/// What it has to be told of money in and out.
pub const PAYMENT_NEEDS: &[PaymentNeed] = &[PaymentNeed::Currency];
