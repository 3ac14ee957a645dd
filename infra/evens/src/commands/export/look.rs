//! [`Look`]: one reading of the whole table, without half-finished changes.
//!
//! A scan beside a running system does not show one moment, and `evens verify` explains why that can look like a
//! violation. An export is made once and cannot be corrected later. So if a reading finds violations beside a running
//! system, the whole table is read again. It ends when every violation was also found by the previous reading, in the
//! same words. If that never happens, nothing is exported.

use super::WriteError;
use super::scratch::Scratch;
use crate::commands::verify;
use crate::home::Home;
use evens_audit::{Books, Completeness, Report};
use evens_books::{Row, Summary};
use evens_records::Record;
use evens_runtime::{Clock, StartError};
use evens_store::Store;
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

/// The maximum number of readings beside a running system.
const LOOKS_MAX: usize = 6;

/// The pause between two readings, in which a change can finish.
const PAUSE: Duration = Duration::from_millis(500);

/// The result of one reading of the table.
pub(super) struct Look {
    pub(super) scratch: Scratch,
    /// Totals of the rows.
    pub(super) summary: Summary,
    /// The auditor's report on the rows.
    pub(super) report: Report,
    /// Items that could not be parsed.
    pub(super) unreadable: BTreeSet<String>,
    /// Start and end of the reading.
    pub(super) read: (Timestamp, Timestamp),
}

impl Look {
    /// The number of violations and unreadable items.
    pub(super) fn offenders(&self) -> usize {
        self.report.violations().len() + self.unreadable.len()
    }

    /// Returns whether an earlier reading found all of these violations, in the same words.
    fn is_confirmed_by(&self, (report, unreadable): &(Report, BTreeSet<String>)) -> bool {
        let confirmed = self.report.confirmed(report);
        confirmed.violations().len() == self.report.violations().len()
            && self.unreadable.is_subset(unreadable)
    }
}

/// Reads the table until the result is consistent.
pub(super) async fn look(home: &Home, folder: &Path) -> Result<Look, StartError> {
    let store = verify::open_store(home).await?;
    let mut look = look_once(&store, folder).await?;
    for _ in 1..LOOKS_MAX {
        // No other process changes the books of engines that run in this process.
        if home.is_embedded() || look.offenders() == 0 {
            return Ok(look);
        }
        let earlier = (look.report, look.unreadable);
        tokio::time::sleep(PAUSE).await;
        look = look_once(&store, folder).await?;
        if look.is_confirmed_by(&earlier) {
            return Ok(look);
        }
    }
    let message = format!("the books changed during each of {LOOKS_MAX} reads");
    let hint =
        "export a copy that does not change: from `evens backup`, or a table restored to a point in time";
    Err(StartError::new(message, hint))
}

async fn look_once(store: &Store, folder: &Path) -> Result<Look, StartError> {
    let scratch = Scratch::create(folder).map_err(super::cannot_write)?;
    let (mut books, mut summary, mut unreadable) = (Books::new(), Summary::default(), BTreeSet::new());
    let mut kept: Result<(), WriteError> = Ok(());
    let read_from = Clock::system().now();
    let scanned = store.scan(|record| match record {
        Ok(record) => {
            summary.add(&record);
            let made = record.transfers().into_iter().map(Record::Transfer);
            let made = made.filter(|_| !matches!(record, Record::Transfer(_)));
            for row in Row::of(&record).into_iter().chain(made.filter_map(|made| Row::of(&made))) {
                if kept.is_ok() {
                    kept = scratch.keep(&row);
                }
            }
            books.record(record);
        }
        Err(error) => drop(unreadable.insert(error.to_string())),
    });
    scanned.await.map_err(verify::cannot_read)?;
    kept.map_err(super::cannot_write)?;
    let read = (read_from, Clock::system().now());
    // Overdue work does not affect whether the books are consistent.
    Ok(Look { scratch, summary, report: books.check(Completeness::Stopped), unreadable, read })
}
