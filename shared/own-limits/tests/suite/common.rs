//! Short names for values that the tests often use.

use evens_ledger::Amount;
use jiff::{SignedDuration, Timestamp};

pub(crate) fn amount(text: &str) -> Amount {
    text.parse().expect("an amount")
}

/// This many minutes after the start of 2026-11-02 (UTC), a Monday.
pub(crate) fn minute(minutes: i64) -> Timestamp {
    let start: Timestamp = "2026-11-02T00:00:00Z".parse().expect("a time");
    start + SignedDuration::from_mins(minutes)
}
