//! [`Verification`]: all books looked at, until what is found is sure.
//!
//! The table of a system at work is not read at one moment: of a change that happens meanwhile, one item is seen as it
//! was before and another as it is after. So where something offends beside a running system, all of it is read again,
//! a few times, and only what is then said in the same words is reported: a violation names the numbers that do not
//! agree, and none of them returns to an earlier value. What offends every time, but in other words, is undecided.
//!
//! Entries that a wallet handed on to a page behind whoever reads are read again by their key: what a day came to at
//! its end is then known in each look, however much is going on.

use crate::background::{BackgroundFault, in_background};
use evens_audit::{Books, Completeness, Report, Secrets, Subject};
use evens_ledger::{Digest, Invariant};
use evens_records::{DaySeal, Record};
use evens_runtime::Clock;
use evens_store::{ScanPace, Store, StoreError};
use jiff::SignedDuration;
use jiff::civil::Date;
use std::collections::BTreeSet;
use std::time::Duration;

/// How often a table is read beside a running system before what still moves is called undecided.
const LOOKS_MAX: usize = 6;

/// How long a change has to end between two looks. No request takes longer than its deadline of eight seconds, and
/// nearly all of them some milliseconds.
const PAUSE: Duration = Duration::from_millis(500);

/// For how long after the refund time something may still be on its way: sweepers come once a minute.
const GRACE: SignedDuration = SignedDuration::from_mins(5);

/// What is looked at, and how.
#[derive(Debug, Clone)]
pub struct Verification<'a> {
    /// The table.
    pub store: &'a Store,
    /// By whose time something is late.
    pub clock: &'a Clock,
    /// How much of it is seen.
    pub sight: Sight,
    /// How far what is in it must have come.
    pub expected: Expected,
    /// Whether somebody may be at work on it meanwhile.
    pub is_moving: bool,
    /// How many records may be held.
    pub records_max: usize,
}

/// How much of the table is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// All of it.
    Everything,
    /// All of it but secrets.
    WithoutSecrets {
        /// How it is read.
        pace: ScanPace,
    },
}

/// How far what is in the books must have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// Everything has ended.
    Ended,
    /// Nothing was at work on it, so nothing can be late.
    Stopped,
    /// Nothing waits for longer than the time after which it is given back.
    InTime {
        /// After what time.
        refund_after: SignedDuration,
    },
}

/// Why the books were not looked at.
#[derive(Debug, thiserror::Error)]
pub enum VerifyFault {
    /// The table cannot be read.
    #[error("the table cannot be read")]
    Store(#[from] StoreError),
    /// What was read was not looked at to its end.
    #[error("what was read could not be looked at")]
    Stopped(#[from] BackgroundFault),
    /// There is more in it than may be held.
    #[error("there are more than {records_max} records in the table, and no more fit into memory here")]
    TooLarge {
        /// How many may be held.
        records_max: usize,
    },
}

/// What became of looking at the books.
#[derive(Debug)]
pub struct Findings {
    /// What was counted, and what offends.
    pub report: Report,
    /// Items that cannot be read, a sentence each.
    pub unreadable: Vec<String>,
    /// What offended each time, but changed in between.
    pub undecided: Vec<(Invariant, Subject)>,
    /// How often the table was read.
    pub looks: usize,
    /// The newest seal that was there.
    pub sealed: Option<DaySeal>,
    /// The seal of the day that was asked for; none where entries are missing.
    pub seal: Option<DaySeal>,
}

impl Findings {
    /// How many things offend.
    pub fn offenders(&self) -> usize {
        self.report.violations().len() + self.unreadable.len()
    }
}

impl Verification<'_> {
    /// Reads the table until what is found is sure, or for the last time; and what the books came to when that day
    /// ended.
    ///
    /// # Errors
    /// [`VerifyFault`].
    pub async fn run(
        &self,
        seal_day: impl Fn(Option<Date>) -> Option<Date>,
    ) -> Result<Findings, VerifyFault> {
        let sealed = self.store.newest_seal().await?;
        let day = seal_day(sealed.as_ref().map(|seal| seal.day));
        let mut last = self.look(sealed.as_ref(), day).await?;
        if !self.is_moving || last.is_clean() {
            return Ok(last.into_findings(sealed, 1));
        }
        let (mut always, mut looks) = (last.topics(), 1);
        loop {
            tokio::time::sleep(PAUSE).await;
            looks += 1;
            let next = self.look(sealed.as_ref(), day).await?;
            always.retain(|topic| next.topics_contain(topic));
            let confirmed = next.confirmed(&last);
            let is_sure = confirmed.size() == next.size();
            if is_sure || looks == LOOKS_MAX {
                let decided = confirmed.topics();
                let undecided = always.difference(&decided).cloned().collect();
                return Ok(Findings { undecided, ..confirmed.into_findings(sealed, looks) });
            }
            last = next;
        }
    }

    async fn look(&self, sealed: Option<&DaySeal>, day: Option<Date>) -> Result<Look, VerifyFault> {
        let completeness = self.completeness();
        let secrets = match self.sight {
            Sight::Everything => Secrets::Seen,
            Sight::WithoutSecrets { .. } => Secrets::Unseen,
        };
        let days = sealed.map(|seal| seal.day).into_iter().chain(day);
        let books = Books::new().with_secrets(secrets).with_day_ends(days);
        let (mut books, mut unreadable, mut records) = (books, BTreeSet::new(), 0_usize);
        let each = |record: Result<Record, StoreError>| {
            records += 1;
            match record {
                // What does not fit is not held; it is read to its end, and then said.
                _ if records > self.records_max => {}
                Ok(record) => books.record(record),
                Err(error) => drop(unreadable.insert(error.to_string())),
            }
        };
        match self.sight {
            Sight::Everything => self.store.scan(each).await?,
            Sight::WithoutSecrets { pace } => self.store.scan_books(pace, each).await?,
        }
        if records > self.records_max {
            return Err(VerifyFault::TooLarge { records_max: self.records_max });
        }
        for (user, after) in books.missed() {
            match self.store.entries_after(user, after).await {
                Ok(entries) => entries.into_iter().for_each(|entry| books.record_missed(entry)),
                Err(error @ StoreError::Corrupt { .. }) => drop(unreadable.insert(error.to_string())),
                Err(error) => return Err(error.into()),
            }
        }
        let previous = sealed.map_or(Digest::ZERO, DaySeal::digest);
        let is_whole = books.missed().is_empty() && unreadable.is_empty();
        let seal = day.filter(|_| is_whole).and_then(|day| books.seal_of(day, previous));
        // Of large books that takes seconds, and players come first.
        let report = in_background(move || books.check(completeness)).await?;
        Ok(Look { report, unreadable, seal })
    }

    fn completeness(&self) -> Completeness {
        match self.expected {
            Expected::Ended => Completeness::Ended,
            Expected::Stopped => Completeness::Stopped,
            Expected::InTime { refund_after } => {
                let patience = refund_after.saturating_add(GRACE);
                Completeness::Running { now: self.clock.now(), patience }
            }
        }
    }
}

/// What one reading of the table found.
struct Look {
    report: Report,
    /// Items that are not what they say they are.
    unreadable: BTreeSet<String>,
    seal: Option<DaySeal>,
}

impl Look {
    fn is_clean(&self) -> bool {
        self.size() == 0
    }

    fn size(&self) -> usize {
        self.report.violations().len() + self.unreadable.len()
    }

    fn confirmed(&self, earlier: &Self) -> Self {
        Self {
            report: self.report.confirmed(&earlier.report),
            unreadable: self.unreadable.intersection(&earlier.unreadable).cloned().collect(),
            seal: self.seal.clone(),
        }
    }

    /// What offends what, without the words.
    fn topics(&self) -> BTreeSet<(Invariant, Subject)> {
        let violations = self.report.violations().iter();
        violations.map(|violation| (violation.invariant, violation.subject.clone())).collect()
    }

    fn topics_contain(&self, topic: &(Invariant, Subject)) -> bool {
        let key = (topic.0, &topic.1);
        let found = self
            .report
            .violations()
            .binary_search_by_key(&key, |violation| (violation.invariant, &violation.subject));
        found.is_ok()
    }

    fn into_findings(self, sealed: Option<DaySeal>, looks: usize) -> Findings {
        let unreadable = self.unreadable.into_iter().collect();
        Findings { report: self.report, unreadable, undecided: Vec::new(), looks, sealed, seal: self.seal }
    }
}
