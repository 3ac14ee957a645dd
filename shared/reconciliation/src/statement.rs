//! [`Statement`]: a provider's statement of a day, fetched from the provider or read from files.

use crate::ReconcileFault;
use crate::spool::{Spool, WrittenFile};
use evens_ledger::{Digest, RunningDigest};
use evens_payments::StatementLine;
use evens_providers::{GuardedProvider, PaymentProvider};
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::BTreeSet;
use std::io::{self, Read};

/// A provider's statement of a day, with lines of neighbouring days that the same files contain. The files are on disk
/// and are read line by line in each pass; nothing is held in memory.
#[derive(Debug)]
pub struct Statement {
    /// SHA-256 of the concatenated files.
    pub(crate) digest: Digest,
    files: Vec<WrittenFile>,
    /// The days whose files were fetched. `None` if the files were given.
    pub(crate) fetched: Option<BTreeSet<Date>>,
}

impl Statement {
    /// Fetches the files that contain a day.
    ///
    /// # Errors
    /// 1. [`ReconcileFault::Future`]
    /// 2. [`ReconcileFault::File`] and [`ReconcileFault::NoStatement`], file by file
    pub async fn fetch(
        provider: &GuardedProvider,
        day: Date,
        now: Timestamp,
    ) -> Result<Self, ReconcileFault> {
        let today = refuse_future(provider, day, now)?;
        let days = provider.calendar().files(day).filter(|day| *day <= today).collect();
        Self::fetch_days(provider, days).await
    }

    /// Fetches the files of several days.
    pub(crate) async fn fetch_days(
        provider: &GuardedProvider,
        days: BTreeSet<Date>,
    ) -> Result<Self, ReconcileFault> {
        let (mut digest, mut files) = (RunningDigest::new(), Vec::new());
        for day in &days {
            let failed = |cause| ReconcileFault::File { file: day.to_string(), cause };
            let mut spool = Spool::create(day.to_string(), &mut digest).map_err(failed)?;
            let fetched = provider.fetch_statement(*day, &mut spool).await;
            // Checked first: a full disk is not the provider's fault.
            files.push(spool.finish().map_err(failed)?);
            fetched.map_err(|cause| ReconcileFault::NoStatement { day: *day, cause })?;
        }
        Ok(Self { digest: digest.finish(), files, fetched: Some(days) })
    }

    /// Takes the provider's files of a day, each with its name. They are copied, so that the compared data is the
    /// hashed data even if the originals change.
    ///
    /// # Errors
    /// 1. [`ReconcileFault::Future`]
    /// 2. [`ReconcileFault::File`], file by file
    pub fn read<File: Read>(
        provider: &GuardedProvider,
        day: Date,
        given: impl IntoIterator<Item = (String, File)>,
        now: Timestamp,
    ) -> Result<Self, ReconcileFault> {
        refuse_future(provider, day, now)?;
        let (mut digest, mut files) = (RunningDigest::new(), Vec::new());
        for (name, mut file) in given {
            let failed = |cause| ReconcileFault::File { file: name.clone(), cause };
            let mut spool = Spool::create(name.clone(), &mut digest).map_err(failed)?;
            io::copy(&mut file, &mut spool).map_err(failed)?;
            files.push(spool.finish().map_err(failed)?);
        }
        Ok(Self { digest: digest.finish(), files, fetched: None })
    }

    /// Calls `each` with every line, file by file.
    ///
    /// # Errors
    /// [`ReconcileFault::Unreadable`] of the first malformed line. Earlier lines were passed on.
    pub(crate) fn each_line(
        &self,
        provider: &GuardedProvider,
        mut each: impl FnMut(&StatementLine),
    ) -> Result<(), ReconcileFault> {
        for WrittenFile { name, file } in &self.files {
            let read = provider.read_statement(&mut &*file, &mut |line| each(&line));
            read.map_err(|cause| ReconcileFault::Unreadable { file: name.clone(), cause })?;
        }
        Ok(())
    }

    /// Inserts another statement's files before its own. The digest stays unchanged, because it identifies the day's
    /// statement.
    pub(crate) fn put_before(&mut self, earlier: Self) {
        self.files.splice(..0, earlier.files);
    }
}

/// The provider's current day. Refuses a `day` that has not begun.
fn refuse_future(provider: &GuardedProvider, day: Date, now: Timestamp) -> Result<Date, ReconcileFault> {
    let today = provider.calendar().day_of(now);
    if day > today { Err(ReconcileFault::Future { day, today }) } else { Ok(today) }
}
