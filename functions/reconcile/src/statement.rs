//! [`Statement`]: what a provider states of a day, from the provider itself or from files.

use crate::ReconcileFault;
use evens_ledger::{Digest, RunningDigest};
use evens_payments::StatementLine;
use evens_providers::{Guarded, PaymentProvider};
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::BTreeSet;

/// What a provider states of a day, with the lines of days around it that came along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The SHA-256 of its files, one behind the other.
    pub(crate) digest: Digest,
    /// The lines of all files.
    pub(crate) lines: Vec<StatementLine>,
    /// The days whose files it has; none where it was given and not fetched.
    pub(crate) fetched: Option<BTreeSet<Date>>,
}

impl Statement {
    /// Fetches the files that tell of a day.
    ///
    /// # Errors
    /// 1. [`ReconcileFault::Future`]
    /// 2. [`ReconcileFault::NoStatement`] and [`ReconcileFault::Unreadable`], file by file
    pub async fn fetch(provider: &Guarded, day: Date, now: Timestamp) -> Result<Self, ReconcileFault> {
        let today = refuse_future(provider, day, now)?;
        let days = provider.calendar().files(day).filter(|day| *day <= today).collect();
        Self::fetch_days(provider, days).await
    }

    /// Fetches the files of some days.
    pub(crate) async fn fetch_days(provider: &Guarded, days: BTreeSet<Date>) -> Result<Self, ReconcileFault> {
        // One file at a time is held, as of a large day each has tens of megabytes.
        let mut read = Read::default();
        for day in &days {
            let fetched = provider.fetch_statement(*day).await;
            let file = fetched.map_err(|cause| ReconcileFault::NoStatement { day: *day, cause })?;
            read.add(provider, &day.to_string(), &file)?;
        }
        Ok(read.statement(Some(days)))
    }

    /// Reads files of a day that the provider wrote, each with what it is called.
    ///
    /// # Errors
    /// 1. [`ReconcileFault::Future`]
    /// 2. [`ReconcileFault::Unreadable`], file by file
    pub fn read(
        provider: &Guarded,
        day: Date,
        files: &[(String, Vec<u8>)],
        now: Timestamp,
    ) -> Result<Self, ReconcileFault> {
        refuse_future(provider, day, now)?;
        let mut read = Read::default();
        for (name, file) in files {
            read.add(provider, name, file)?;
        }
        Ok(read.statement(None))
    }
}

/// What was read of the files so far.
#[derive(Default)]
struct Read {
    digest: RunningDigest,
    lines: Vec<StatementLine>,
}

impl Read {
    fn add(&mut self, provider: &Guarded, name: &str, file: &[u8]) -> Result<(), ReconcileFault> {
        let lines = provider.read_statement(file);
        let unreadable = |cause| ReconcileFault::Unreadable { file: name.to_owned(), cause };
        self.lines.extend(lines.map_err(unreadable)?);
        self.digest.update(file);
        Ok(())
    }

    fn statement(self, fetched: Option<BTreeSet<Date>>) -> Statement {
        Statement { digest: self.digest.finish(), lines: self.lines, fetched }
    }
}

/// The provider's day now, unless that one has not begun.
fn refuse_future(provider: &Guarded, day: Date, now: Timestamp) -> Result<Date, ReconcileFault> {
    let today = provider.calendar().day_of(now);
    if day > today { Err(ReconcileFault::Future { day, today }) } else { Ok(today) }
}
