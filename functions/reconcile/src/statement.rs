//! [`Statement`]: what a provider states of a day, from the provider itself or from files.

use crate::ReconcileFault;
use evens_ledger::Digest;
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
        let (mut bytes, mut lines) = (Vec::new(), Vec::new());
        for day in &days {
            let fetched = provider.fetch_statement(*day).await;
            let file = fetched.map_err(|cause| ReconcileFault::NoStatement { day: *day, cause })?;
            lines.extend(read(provider, &day.to_string(), &file)?);
            bytes.extend(file);
        }
        Ok(Self { digest: Digest::of(&bytes), lines, fetched: Some(days) })
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
        let (mut bytes, mut lines) = (Vec::new(), Vec::new());
        for (name, file) in files {
            lines.extend(read(provider, name, file)?);
            bytes.extend(file);
        }
        Ok(Self { digest: Digest::of(&bytes), lines, fetched: None })
    }
}

/// The provider's day now, unless that one has not begun.
fn refuse_future(provider: &Guarded, day: Date, now: Timestamp) -> Result<Date, ReconcileFault> {
    let today = provider.calendar().day_of(now);
    if day > today { Err(ReconcileFault::Future { day, today }) } else { Ok(today) }
}

fn read(provider: &Guarded, name: &str, file: &[u8]) -> Result<Vec<StatementLine>, ReconcileFault> {
    let read = provider.read_statement(file);
    read.map_err(|cause| ReconcileFault::Unreadable { file: name.to_owned(), cause })
}
