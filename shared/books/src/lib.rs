//! The books as an auditor gets them: which files an export has, what stands in a row, what the accounts sum up to,
//! and the manifest that says so. `docs/books.md` tells the same to whoever reads them without this code.
//!
//! Invariants: a value that is hashed stands in its row as the text that is hashed, and amounts are decimal numbers as
//! text. Rows have no password, token, phone number or number of an account. The same records give the same rows and
//! sums, in whatever order they come.
//!
//! Architecture invariant: nothing here reads a clock or does I/O, and nothing here knows the table.

mod jackpots;
mod manifest;
mod orders;
mod row;
mod sheet;
mod sums;

pub use manifest::{FORMAT, FileSeal, Head, Manifest};
pub use row::{Row, RowFile};
pub use sheet::guarded;
pub use sums::{Summary, TRIAL_BALANCE_FIELDS};
