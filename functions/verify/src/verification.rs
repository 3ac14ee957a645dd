//! [`Verification`]: checks all books.
//!
//! The whole table is read [until the findings are certain](crate::looks). Items that must say the same of a user may
//! return to an earlier state. They are read again in one transaction, which shows whether they differ.
//!
//! Only a number of records is held in memory. If there are more, the run halves its [`Share`] of the players, rounds
//! and periods until they fit. Wallets, entries, sums and seals are checked completely in every run.
//!
//! Entries that moved to a page already read are loaded again by their key. The state of the books at the end of a day
//! is therefore known in each read, whatever else is going on.

use crate::background::{BackgroundFault, in_background};
use crate::looks::{Check, Findings, Look, look_until_certain};
use evens_audit::{Books, Completeness, DayEnds, Fundings, Secrets, Share};
use evens_ledger::Digest;
use evens_records::{DaySeal, Record, SealedDays};
use evens_runtime::{Clock, Stage};
use evens_store::{ScanPace, Store, StoreError};
use jiff::SignedDuration;
use jiff::civil::Date;
use std::collections::BTreeSet;
use std::ops::ControlFlow;

/// Maximum number of pairs of items that are read again after a read. More of them are no accident of a read.
const PAIRS_MAX: usize = 1_000;

/// Number of days in which each seal of large books is compared with them once.
const SEALS_DAYS: u64 = 30;

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
    pub fundings: Fundings,
    /// The expected progress of the items.
    pub expected: ItemProgress,
    /// `true` if the system may be running during the check.
    pub is_moving: bool,
    /// Maximum number of records held in memory.
    pub records_max: usize,
    /// `true` if larger books are checked in part, `false` if they are not checked.
    pub is_divisible: bool,
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

/// Whether the wallets of a stage may have been funded.
pub fn fundings_of(stage: Stage) -> Fundings {
    match stage {
        Stage::Local => Fundings::Permitted,
        Stage::Dev | Stage::Staging | Stage::Prod => Fundings::Forbidden,
    }
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
    /// The books, or the smallest share that they can be divided into, need more records than may be held.
    #[error("the smallest share needs more than {records_max} records, which do not fit into memory here")]
    TooLarge { records_max: usize },
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
        let days = seal_day(sealed.as_ref().map(DaySeal::day));
        let days = days.map(|last| SealedDays { last, after: sealed.as_ref().map(DaySeal::day) });
        let compared = self.sealed_days(sealed.as_ref()).await?;
        let check = Whole { verification: self, sealed: sealed.as_ref(), compared, days };
        look_until_certain(&check, self.is_moving, sealed.clone()).await
    }

    /// Removes violations of pairs of items that one transactional read shows to be equal.
    async fn without_torn_pairs(&self, look: Look) -> Result<Look, VerifyFault> {
        let pairs: BTreeSet<_> = look.report.violations().iter().filter_map(|found| found.pair).collect();
        let mut equal = BTreeSet::new();
        for pair in pairs.into_iter().take(PAIRS_MAX) {
            match self.store.load_pair(pair).await {
                Ok(records) => {
                    if evens_audit::is_equal(pair, records) {
                        equal.insert(pair);
                    }
                }
                // An unreadable item stays a violation.
                Err(StoreError::Corrupt { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(Look { report: look.report.without(&equal), ..look })
    }

    async fn look(&self, share: Share, whole: &Whole<'_>) -> Result<Look, VerifyFault> {
        let completeness = self.completeness();
        let secrets = match self.sight {
            VisibleItems::Everything => Secrets::Seen,
            VisibleItems::WithoutSecrets { .. } => Secrets::Unseen,
        };
        let day_ends = DayEnds::of(whole.compared.iter().copied().chain(whole.days));
        let books = Books::new().with_secrets(secrets).with_fundings(self.fundings);
        let books = books.with_share(share).with_day_ends(day_ends);
        let (mut books, mut unreadable, mut fits) = (books, BTreeSet::new(), true);
        let mut each = |record: Result<Record, StoreError>| {
            match record {
                Ok(record) => {
                    books.record(record);
                    while fits && books.record_count() > self.records_max {
                        fits = self.is_divisible && books.narrow();
                    }
                }
                Err(error) => drop(unreadable.insert(error.to_string())),
            }
            if fits { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        };
        match self.sight {
            VisibleItems::Everything => {
                let all = |record| {
                    let _goes_on = each(record);
                };
                self.store.scan(all).await?;
            }
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
        let previous = whole.sealed.map_or(Digest::ZERO, DaySeal::digest);
        let is_whole = books.missed().is_empty() && unreadable.is_empty();
        let seal = whole.days.filter(|_| is_whole).and_then(|days| books.seal_of(days, previous));
        // For large books this takes seconds, and player requests come first.
        let share = books.share();
        let report = in_background(move || books.check(completeness)).await?;
        Ok(Look { report, unreadable, share, seal, unfinished: Vec::new() })
    }

    /// The days of the seals that are compared with the books. In divisible books these are the newest one and each
    /// thirtieth of the others, by the turn of the share, because each needs the wallets of its days in memory.
    async fn sealed_days(&self, newest: Option<&DaySeal>) -> Result<Vec<SealedDays>, VerifyFault> {
        let seals = match self.store.newest_seals(u16::MAX).await {
            Ok(seals) => seals,
            // The scan reports it.
            Err(StoreError::Corrupt { .. }) => return Ok(newest.map(|seal| seal.days).into_iter().collect()),
            Err(error) => return Err(error.into()),
        };
        let is_due = |day: Date| {
            let number = day.duration_since(Date::ZERO).as_hours() / 24;
            number.unsigned_abs() % SEALS_DAYS == self.share.turn() % SEALS_DAYS
        };
        let newest_day = newest.map(DaySeal::day);
        let compared = seals
            .iter()
            .filter(|seal| !self.is_divisible || Some(seal.day()) == newest_day || is_due(seal.day()));
        Ok(compared.map(|seal| seal.days).collect())
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

/// A check of all books, with the seals that it needs.
struct Whole<'a> {
    verification: &'a Verification<'a>,
    sealed: Option<&'a DaySeal>,
    /// The days of the seals that are compared with the books.
    compared: Vec<SealedDays>,
    /// The days to seal.
    days: Option<SealedDays>,
}

impl Check for Whole<'_> {
    async fn look(&self, before: Option<&Look>) -> Result<Look, VerifyFault> {
        let verification = self.verification;
        match before {
            None => verification.look(verification.share, self).await,
            Some(before) => {
                verification.without_torn_pairs(verification.look(before.share, self).await?).await
            }
        }
    }
}
