//! Reads and writes for operations: unfinished work and its age, request budgets, the audit log, and scans of the whole
//! table.

pub(crate) mod by_time;
pub(crate) mod entities;
pub(crate) mod history;
pub(crate) mod moved;
pub(crate) mod oldest;
pub(crate) mod pairs;
pub(crate) mod scan;
pub(crate) mod scan_books;
pub(crate) mod seals;
pub(crate) mod search;
pub(crate) mod sweep;
pub(crate) mod transactions;
