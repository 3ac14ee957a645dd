//! [`Look`]: the whole table as it was read once, and no half of a change in it.
//!
//! The table of a system at work is not read at one moment, and `evens verify` says why that may look like an offence.
//! An export has no second look at what it once said. So where something offends beside a running system, all of it is
//! read again, until nothing offends but what offended in the look before, in the same words. Where that does not
//! happen, nothing is exported.

use super::WriteError;
use super::scratch::Scratch;
use crate::commands::verify;
use crate::home::Home;
use evens_audit::{Books, Completeness, Report};
use evens_books::{Row, Summary};
use evens_runtime::{Clock, StartError};
use evens_store::Store;
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

/// How often a table is read beside a running system before its books are given up.
const LOOKS_MAX: usize = 6;

/// How long a change has to end between two looks.
const PAUSE: Duration = Duration::from_millis(500);

/// What one reading of the table found.
pub(super) struct Look {
    /// The rows.
    pub(super) scratch: Scratch,
    /// What they come to.
    pub(super) summary: Summary,
    /// What an auditor says of them.
    pub(super) report: Report,
    /// Items that are not what they say they are.
    pub(super) unreadable: BTreeSet<String>,
    /// When reading began, and when it ended.
    pub(super) read: (Timestamp, Timestamp),
}

impl Look {
    /// How many things offend.
    pub(super) fn offenders(&self) -> usize {
        self.report.violations().len() + self.unreadable.len()
    }

    /// Whether all that offends here offended in an earlier look in the same words.
    fn is_confirmed_by(&self, (report, unreadable): &(Report, BTreeSet<String>)) -> bool {
        let confirmed = self.report.confirmed(report);
        confirmed.violations().len() == self.report.violations().len()
            && self.unreadable.is_subset(unreadable)
    }
}

/// Reads the table until what was read is whole.
pub(super) async fn look(home: &Home, folder: &Path) -> Result<Look, StartError> {
    let store = verify::open_store(home).await?;
    let mut look = look_once(&store, folder).await?;
    for _ in 1..LOOKS_MAX {
        // Nobody else is at work on books of our own engines.
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
    let message = format!("the books changed each of the {LOOKS_MAX} times that they were read");
    let hint = "export a copy that stands still: of `evens backup`, or a table restored to a point in time";
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
            if let (Some(row), true) = (Row::of(&record), kept.is_ok()) {
                kept = scratch.keep(&row);
            }
            books.record(record);
        }
        Err(error) => drop(unreadable.insert(error.to_string())),
    });
    scanned.await.map_err(verify::cannot_read)?;
    kept.map_err(super::cannot_write)?;
    let read = (read_from, Clock::system().now());
    // How late something is says nothing of whether the books are whole.
    Ok(Look { scratch, summary, report: books.check(Completeness::Stopped), unreadable, read })
}
