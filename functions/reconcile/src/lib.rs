//! Compares a day of a payment provider with our orders and ledger, and reports the differences. It runs each day on
//! Lambda and each hour on one box; a day that has its report is skipped.
//!
//! A day is reconciled when nothing new can belong to it: one day of grace after its end, or later if the provider
//! settles later. The day is read out of the whole table; `Store::scan_provider_account` says why.
//!
//! Keeps M3: fees of a day and movements between provider and bank are known from statements only. Each is booked under
//! its own key, and so once.
//!
//! A statement may have millions of lines. It is spooled to disk and read line by line, once per pass. Memory grows
//! with the day's ledger entries and with the differences, not with the file.
//!
//! Architecture invariant: nothing is repaired here. If an order differs, a job queries its provider, as after a lost
//! callback. All other differences are for people.
//!
//! Not in simulated runs: it reads the whole table, on its own schedule.

mod day;
mod fault;
mod handler;
mod spool;
mod statement;

pub use day::{DayResult, reconcile_day};
pub use fault::ReconcileFault;
pub use handler::Reconciler;
pub use statement::Statement;

use evens_providers::PaymentNeed;
use evens_runtime::Need;

pub const NEEDS: &[Need] = &[Need::AttendanceOffset];

pub const PAYMENT_NEEDS: &[PaymentNeed] = &[PaymentNeed::Currency];
