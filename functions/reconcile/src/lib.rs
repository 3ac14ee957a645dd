//! Compares a day of a payment provider with our orders and ledger, and reports the differences. It runs each day on
//! Lambda and each hour on one box; a day that has its report is skipped.
//!
//! A day is reconciled when nothing new can belong to it: one day of grace after its end, or later if the provider
//! settles later. `evens-reconciliation` compares.
//!
//! Keeps M3: fees of a day and movements between provider and bank are known from statements only. Each is booked under
//! its own key, and so once.
//!
//! Architecture invariant: nothing is repaired here. If an order differs, a job queries its provider, as after a lost
//! callback. All other differences are for people.
//!
//! Not in simulated runs: it reads the whole table, on its own schedule.

mod day;
mod handler;

pub use day::reconcile_day;
pub use handler::Reconciler;

use evens_runtime::{Calls, Function, Schedule, Size, Slow, Stack, Start};

pub const FUNCTION: Function = Function {
    folder: "reconcile",
    stack: Stack::Payments,
    about: "Reads the ledger by scanning the table, because no index lists the movements of a provider's account. \
        IAM cannot restrict the items of a scan. It restricts the attributes, and none of them is secret in any \
        item: no password hashes, encrypted payees or secrets of rounds. The function books only transactions \
        that appear solely on a statement, and nothing that belongs to a player.",
    start: Start::Schedule(Schedule {
        name: "EveryDay",
        expression: "cron(0 3 * * ? *)",
        timeout_secs: 900,
        at_once: 1,
        event_age_max_secs: 3_600,
        retries_max: 2,
        reason: "At 03:00 UTC the previous day has ended in the time zone of every provider. One run at a time. A day \
            that already has a report is skipped, so the next run makes up for a failed one.",
    }),
    slow: Slow { calls: Calls::Scheduled, warn_ms: 300_000, page_ms: 720_000 },
    memory: Size { mb: 2_048, reason: "for the ledger entries of a day" },
    disk: Some(Size { mb: 4_096, reason: "for the files of several days" }),
    ..Function::REQUESTS
};
