//! The books as exported for an auditor: the files, their rows, the sums of the accounts, and the manifest.
//! `docs/books.md` documents the format for readers without this code.
//!
//! Invariants: a hashed value has the same text in its row as in the hash, and amounts are decimal numbers as text.
//! Rows contain no password, token, phone number or account number. The same records give the same rows and sums in any
//! order.
//!
//! Architecture invariant: nothing here reads a clock or does I/O, and nothing here knows the table.

mod decisions;
mod jackpots;
mod manifest;
mod orders;
mod row;
mod sheet;
mod sums;

pub use manifest::{FORMAT, FileSeal, Head, Manifest};
pub use row::{Row, RowFile};
pub use sheet::{for_person, guarded};
pub use sums::{Summary, TRIAL_BALANCE_FIELDS};
