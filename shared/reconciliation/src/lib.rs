//! Compares a day of a payment provider with our orders and ledger: [`OpenedDay`] is a day with its statement, and
//! [`DayComparison`] has the books as well.
//!
//! The day is read out of the whole table; `Store::scan_provider_account` says why. A statement may have millions of
//! lines. It is spooled to disk and read line by line, once per pass. Memory grows with the day's ledger entries and
//! with the differences, not with the file.
//!
//! Architecture invariant: nothing is repaired or booked here. If an order differs, a job queries its provider, as
//! after a lost callback. All other differences are for people.

mod comparison;
mod fault;
mod record_orders;
mod spool;
mod statement;

pub use comparison::{DayComparison, DayResult, OpenedDay};
pub use fault::ReconcileFault;
pub use statement::Statement;
