//! `POST /api/operator/reconciliations`: a cashier gives a statement file of a payment provider, and gets the report of
//! its comparison with the books. `evens reconcile` offers the same as a command, for larger files and tables.
//!
//! Keeps: the act needs a recent login, and an audit log line with the report's id is written before the comparison.
//! The same statement has the same report and adds no line.
//!
//! Architecture invariant: nothing is booked or repaired here, because a file is no proof.
//!
//! Not in simulated runs: it reads the whole table.

mod handler;

pub use handler::router;

use evens_runtime::{Calls, Function, Size, Slow, Stack};

pub const FUNCTION: Function = Function {
    folder: "compare-statements",
    stack: Stack::Payments,
    about: "Compares a statement file with the books, within the time of a request. It scans like ReconcileFunction, \
        and books nothing: it writes its report and a line of the audit log.",
    slow: Slow { calls: Calls::Few, warn_ms: 10_000, page_ms: 20_000 },
    memory: Size { mb: 2_048, reason: "for the ledger entries of a day" },
    ..Function::REQUESTS
};
