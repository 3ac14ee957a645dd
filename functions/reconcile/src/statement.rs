//! [`Statement`]: what a provider states of a day, from the provider itself or from files.

use crate::ReconcileFault;
use crate::spool::{Spool, WrittenFile};
use evens_ledger::{Digest, RunningDigest};
use evens_payments::StatementLine;
use evens_providers::{Guarded, PaymentProvider};
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::BTreeSet;
use std::io::{self, Read};

/// What a provider states of a day, with the lines of days around it that came along: files on the disk, which are read
/// line by line, as often as somebody asks for the lines. None of it is held.
#[derive(Debug)]
pub struct Statement {
    /// The SHA-256 of its files, one behind the other.
    pub(crate) digest: Digest,
    files: Vec<WrittenFile>,
    /// The days whose files it has; none where it was given and not fetched.
    pub(crate) fetched: Option<BTreeSet<Date>>,
}

impl Statement {
    /// Fetches the files that tell of a day.
    ///
    /// # Errors
    /// 1. [`ReconcileFault::Future`]
    /// 2. [`ReconcileFault::File`] and [`ReconcileFault::NoStatement`], file by file
    pub async fn fetch(provider: &Guarded, day: Date, now: Timestamp) -> Result<Self, ReconcileFault> {
        let today = refuse_future(provider, day, now)?;
        let days = provider.calendar().files(day).filter(|day| *day <= today).collect();
        Self::fetch_days(provider, days).await
    }

    /// Fetches the files of some days.
    pub(crate) async fn fetch_days(provider: &Guarded, days: BTreeSet<Date>) -> Result<Self, ReconcileFault> {
        let (mut digest, mut files) = (RunningDigest::new(), Vec::new());
        for day in &days {
            let failed = |cause| ReconcileFault::File { file: day.to_string(), cause };
            let mut spool = Spool::create(day.to_string(), &mut digest).map_err(failed)?;
            let fetched = provider.fetch_statement(*day, &mut spool).await;
            // A disk that is full is not the provider's fault.
            files.push(spool.finish().map_err(failed)?);
            fetched.map_err(|cause| ReconcileFault::NoStatement { day: *day, cause })?;
        }
        Ok(Self { digest: digest.finish(), files, fetched: Some(days) })
    }

    /// Takes files of a day that the provider wrote, each with what it is called. They are copied: what is compared is
    /// what was hashed, whatever somebody writes to them meanwhile.
    ///
    /// # Errors
    /// 1. [`ReconcileFault::Future`]
    /// 2. [`ReconcileFault::File`], file by file
    pub fn read<File: Read>(
        provider: &Guarded,
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

    /// Hands out all lines, file by file.
    ///
    /// # Errors
    /// [`ReconcileFault::Unreadable`], of the first file that has such a line. Those before it were handed out.
    pub(crate) fn each_line(
        &self,
        provider: &Guarded,
        mut each: impl FnMut(&StatementLine),
    ) -> Result<(), ReconcileFault> {
        for WrittenFile { name, file } in &self.files {
            let read = provider.read_statement(&mut &*file, &mut |line| each(&line));
            read.map_err(|cause| ReconcileFault::Unreadable { file: name.clone(), cause })?;
        }
        Ok(())
    }

    /// Puts the files of another one before its own. Its digest stays: that is what the day is known by.
    pub(crate) fn put_before(&mut self, earlier: Self) {
        self.files.splice(..0, earlier.files);
    }
}

/// The provider's day now, unless that one has not begun.
fn refuse_future(provider: &Guarded, day: Date, now: Timestamp) -> Result<Date, ReconcileFault> {
    let today = provider.calendar().day_of(now);
    if day > today { Err(ReconcileFault::Future { day, today }) } else { Ok(today) }
}
