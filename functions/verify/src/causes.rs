//! Loads the records that explain movements.

use evens_audit::Books;
use evens_audit_log::AuditLine;
use evens_records::{Record, RecordName};
use evens_store::{Store, StoreError};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use std::collections::BTreeSet;

/// A decision of two operators has lines of up to two days, and a clock that is ahead writes lines of later days.
const LINES: SignedDuration = SignedDuration::from_hours(48);

/// The days of the audit log with the lines about everything between two times.
pub(crate) fn days_around(since: Timestamp, until: Timestamp) -> impl Iterator<Item = Date> {
    let day_of = |at: Timestamp| at.to_zoned(TimeZone::UTC).date();
    let first = day_of(since.saturating_sub(LINES).unwrap_or(since));
    let last = day_of(until.saturating_add(LINES).unwrap_or(until));
    first.series(1.day()).take_while(move |day| *day <= last)
}

/// The lines of the audit log of these days, in their order. Adds days that cannot be read to `unreadable`.
pub(crate) async fn load_lines(
    store: &Store,
    days: BTreeSet<Date>,
    unreadable: &mut BTreeSet<String>,
) -> Result<Vec<AuditLine>, StoreError> {
    let mut lines = Vec::new();
    for day in days {
        match store.list_audit_lines(day, 0, u16::MAX).await {
            Ok(of_day) => lines.extend(of_day),
            Err(error @ StoreError::Corrupt { .. }) => drop(unreadable.insert(error.to_string())),
            Err(error) => return Err(error),
        }
    }
    Ok(lines)
}

/// Loads the records that explain the movements in the books, until nothing more is wanted. Records with the names in
/// `asked` are not loaded again.
pub(crate) async fn load_causes(
    store: &Store,
    books: &mut Books,
    mut asked: BTreeSet<RecordName>,
    unreadable: &mut BTreeSet<String>,
) -> Result<(), StoreError> {
    loop {
        let wanted: Vec<_> = books.wanted().difference(&asked).cloned().collect();
        if wanted.is_empty() {
            return Ok(());
        }
        load_named(store, books, &wanted, unreadable).await?;
        asked.extend(wanted);
    }
}

/// Adds the records with these names to the books.
pub(crate) async fn load_named(
    store: &Store,
    books: &mut Books,
    names: &[RecordName],
    unreadable: &mut BTreeSet<String>,
) -> Result<(), StoreError> {
    let each = |record: Result<Record, StoreError>| match record {
        Ok(record) => books.record(record),
        Err(error) => drop(unreadable.insert(error.to_string())),
    };
    store.load_records(names, each).await
}
