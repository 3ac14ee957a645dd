//! Short names for what the tests write often.

use evens_ledger::{Amount, UserId};
use evens_payments::{Currency, Money};
use jiff::{SignedDuration, Timestamp};

/// The amount that the text says.
pub(crate) fn amount(text: &str) -> Amount {
    text.parse().expect("an amount")
}

/// So many rupees.
pub(crate) fn rupees(text: &str) -> Money {
    Money::parse(amount(text), Currency::INR).expect("an amount that can be paid")
}

/// The player of that number.
pub(crate) fn user(number: u64) -> UserId {
    UserId::new(number).expect("a player's number")
}

/// So many minutes into 2026-11-02, a Monday.
pub(crate) fn minute(minutes: i64) -> Timestamp {
    let start: Timestamp = "2026-11-02T00:00:00Z".parse().expect("a time");
    start + SignedDuration::from_mins(minutes)
}

/// The rows of a table in a test: its lines without the header, each cut at white space.
pub(crate) fn rows<const COLUMNS: usize>(table: &str) -> Vec<[&str; COLUMNS]> {
    let lines = table.lines().filter(|line| !line.trim().is_empty()).skip(1);
    let cells = lines.map(|line| line.split_whitespace().collect::<Vec<_>>());
    cells.map(|cells| cells.try_into().expect("one cell for each column")).collect()
}
