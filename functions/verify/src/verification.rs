//! [`Verification`]: checks all books until the findings are certain.
//!
//! The table of a running system is not read at one moment: of a concurrent change, one item may be read before it and
//! another after it. So if a running system shows violations, everything is read again, a few times. Only violations
//! with the same wording in two consecutive reads are reported. A violation names the numbers that disagree, or the
//! versions of the items, and none of them returns to an earlier value. A violation that occurs in every read, but in
//! different words, is undecided.
//!
//! Only a number of records is held in memory. If there are more, the run halves its [`Share`] of the players, rounds
//! and periods until they fit. Wallets, entries, sums and seals are checked completely in every run.
//!
//! Entries that moved to a page already read are loaded again by their key. The state of the books at the end of a day
//! is therefore known in each read, whatever else is going on.

use crate::background::{BackgroundFault, in_background};
use evens_audit::{Books, Completeness, Report, Secrets, Share, Subject};
use evens_ledger::{Digest, Invariant};
use evens_records::{DaySeal, Record};
use evens_runtime::Clock;
use evens_store::{ScanPace, Store, StoreError};
use jiff::SignedDuration;
use jiff::civil::Date;
use std::collections::BTreeSet;
use std::time::Duration;

/// Maximum number of reads of a running system. Violations that still change in the last one are undecided.
const LOOKS_MAX: usize = 6;

/// Pause between two reads, in which a change can finish. A request takes at most its deadline of eight seconds, and
/// nearly all take milliseconds.
const PAUSE: Duration = Duration::from_millis(500);

/// Margin after the refund time: sweeps run once a minute.
const GRACE: SignedDuration = SignedDuration::from_mins(5);

/// The subject and the options of a check.
#[derive(Debug, Clone)]
pub struct Verification<'a> {
    pub store: &'a Store,
    /// The clock that decides whether anything is late.
    pub clock: &'a Clock,
    /// The part of the table that is visible.
    pub sight: VisibleItems,
    /// The expected progress of the items.
    pub expected: ItemProgress,
    /// `true` if the system may be running during the check.
    pub is_moving: bool,
    /// Maximum number of records held in memory.
    pub records_max: usize,
    /// The part of the books to check. It is halved until its records fit into memory.
    pub share: Share,
}

/// The part of the table that is visible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VisibleItems {
    Everything,
    /// Everything but secrets.
    WithoutSecrets {
        pace: ScanPace,
    },
}

/// The expected progress of the items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemProgress {
    /// Everything has ended.
    Ended,
    /// The system was stopped, so nothing can be late.
    Stopped,
    /// Nothing stays unmatched longer than the refund time.
    InTime { refund_after: SignedDuration },
}

/// The reasons why the books could not be checked.
#[derive(Debug, thiserror::Error)]
pub enum VerifyFault {
    /// The table cannot be read.
    #[error("the table cannot be read")]
    Store(#[from] StoreError),
    /// The check itself did not finish.
    #[error("the check stopped early")]
    Stopped(#[from] BackgroundFault),
    /// The smallest share needs more records than may be held.
    #[error("the smallest share needs more than {records_max} records, which do not fit into memory here")]
    TooLarge { records_max: usize },
}

/// The result of a check.
#[derive(Debug)]
pub struct Findings {
    /// Counts and violations.
    pub report: Report,
    /// Unreadable items, a sentence each.
    pub unreadable: Vec<String>,
    /// Violations that occurred in every read, but with different numbers.
    pub undecided: Vec<(Invariant, Subject)>,
    /// Number of reads of the table.
    pub looks: usize,
    /// The part of the books that was checked completely.
    pub share: Share,
    /// The newest stored seal.
    pub sealed: Option<DaySeal>,
    /// The seal of the requested day; `None` if entries are missing.
    pub seal: Option<DaySeal>,
}

impl Findings {
    /// Number of violations and unreadable items.
    pub fn offenders(&self) -> usize {
        self.report.violations().len() + self.unreadable.len()
    }

    /// Returns `true` if all items are readable and everything that a seal covers is in order.
    pub fn is_sealable(&self) -> bool {
        self.unreadable.is_empty() && self.report.is_sealable()
    }
}

impl Verification<'_> {
    /// Reads the table until the findings are certain, or for the last time. `seal_day` gets the last sealed day and
    /// returns the day to seal.
    ///
    /// # Errors
    /// [`VerifyFault`].
    pub async fn run(
        &self,
        seal_day: impl Fn(Option<Date>) -> Option<Date>,
    ) -> Result<Findings, VerifyFault> {
        let sealed = match self.store.newest_seal().await {
            // The scan reports it as unreadable, and everything else is checked.
            Err(StoreError::Corrupt { .. }) => None,
            sealed => sealed?,
        };
        let day = seal_day(sealed.as_ref().map(|seal| seal.day));
        let mut last = self.look(self.share, sealed.as_ref(), day).await?;
        if !self.is_moving || last.is_clean() {
            return Ok(last.into_findings(sealed, 1));
        }
        let (mut always, mut looks) = (last.topics(), 1);
        loop {
            tokio::time::sleep(PAUSE).await;
            looks += 1;
            let next = self.look(last.share, sealed.as_ref(), day).await?;
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

    async fn look(
        &self,
        share: Share,
        sealed: Option<&DaySeal>,
        day: Option<Date>,
    ) -> Result<Look, VerifyFault> {
        let completeness = self.completeness();
        let secrets = match self.sight {
            VisibleItems::Everything => Secrets::Seen,
            VisibleItems::WithoutSecrets { .. } => Secrets::Unseen,
        };
        let days = sealed.map(|seal| seal.day).into_iter().chain(day);
        let books = Books::new().with_secrets(secrets).with_share(share).with_day_ends(days);
        let (mut books, mut unreadable, mut fits) = (books, BTreeSet::new(), true);
        let each = |record: Result<Record, StoreError>| {
            match record {
                // The error is returned after the scan.
                _ if !fits => {}
                Ok(record) => {
                    books.record(record);
                    while fits && books.record_count() > self.records_max {
                        fits = books.narrow();
                    }
                }
                Err(error) => drop(unreadable.insert(error.to_string())),
            }
        };
        match self.sight {
            VisibleItems::Everything => self.store.scan(each).await?,
            VisibleItems::WithoutSecrets { pace } => self.store.scan_books(pace, each).await?,
        }
        if !fits {
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
        // For large books this takes seconds, and player requests come first.
        let share = books.share();
        let report = in_background(move || books.check(completeness)).await?;
        Ok(Look { report, unreadable, share, seal })
    }

    fn completeness(&self) -> Completeness {
        match self.expected {
            ItemProgress::Ended => Completeness::Ended,
            ItemProgress::Stopped => Completeness::Stopped,
            ItemProgress::InTime { refund_after } => {
                let patience = refund_after.saturating_add(GRACE);
                Completeness::Running { now: self.clock.now(), patience }
            }
        }
    }
}

/// The findings of one read of the table.
struct Look {
    report: Report,
    /// Corrupt items.
    unreadable: BTreeSet<String>,
    share: Share,
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
            share: self.share,
            seal: self.seal.clone(),
        }
    }

    /// Invariants and subjects of the violations, without their wording.
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
        let (report, share, seal) = (self.report, self.share, self.seal);
        Findings { report, unreadable, undecided: Vec::new(), looks, share, sealed, seal }
    }
}
