//! [`MovedVerification`]: checks the movements since a time, so that the work follows the traffic and not the history.
//!
//! Wallets and transfers are read in groups, so memory is bounded by the largest group and the names of what moved.
//! Older entries are taken as checked before. Together with all groups, the seal of a day is computed from its
//! movements.

use crate::background::in_background;
use crate::causes::{days_around, load_causes, load_lines, load_named};
use crate::looks::{Check, Findings, Look, look_until_certain};
use crate::verification::VerifyFault;
use evens_audit::{Books, DayEnds, Fundings, Report, Secrets, Share, TransferOrder};
use evens_audit_log::{AuditHead, AuditLine};
use evens_ledger::{Digest, UserId};
use evens_records::{DaySeal, Record, RecordName, SealedDays};
use evens_runtime::Clock;
use evens_store::{MovedWallet, ScanPace, Store, StoreError};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use tokio::time::{Instant, sleep};

/// Number of wallets, or of transfers, that are checked together. It is small, so that player requests do not wait for
/// a check.
const GROUP: usize = 100;

/// A process may stand still between reading the clock and its write, so entries may be this much earlier than others
/// that were written before. A day is not sealed before this time is over.
const MARGIN: SignedDuration = SignedDuration::from_hours(1);

/// A clock may be this much ahead.
const AHEAD: SignedDuration = SignedDuration::from_mins(1);

/// Lines of the audit log in the order of their numbers may be this much apart in time, backwards.
const MIDNIGHT: SignedDuration = SignedDuration::from_mins(1);

/// The subject and the options of a check of recent movements.
#[derive(Debug, Clone)]
pub struct MovedVerification<'a> {
    pub store: &'a Store,
    pub clock: &'a Clock,
    /// The pace of reading, which rests after each group, too.
    pub pace: ScanPace,
    pub fundings: Fundings,
    /// Everything from this time on is checked.
    pub since: Timestamp,
    /// The newest seal.
    pub sealed: Option<DaySeal>,
    /// The days to seal, all after `since`.
    pub days: Option<SealedDays>,
}

impl MovedVerification<'_> {
    /// Reads the movements until the findings are certain, or for the last time.
    ///
    /// # Errors
    /// [`VerifyFault`].
    pub async fn run(&self) -> Result<Findings, VerifyFault> {
        look_until_certain(self, true, self.sealed.clone()).await
    }

    async fn rest(&self, began: Instant) {
        sleep(began.elapsed() * self.pace.rests).await;
    }

    /// Adds the transfers to the ends of days. A seal chains them in the order of their keys, and a contribution makes
    /// some that are far apart in it, so it is read more than once.
    async fn follow(
        &self,
        transfers: Vec<RecordName>,
        mut day_ends: DayEnds,
        unreadable: &mut BTreeSet<String>,
    ) -> Result<DayEnds, VerifyFault> {
        let order = in_background(move || TransferOrder::of(transfers)).await?;
        for (names, keys) in order.groups(GROUP) {
            let began = Instant::now();
            let mut books = Books::new().with_day_ends(day_ends);
            load_named(self.store, &mut books, &names, unreadable).await?;
            day_ends = books.follow_transfers(&keys);
            self.rest(began).await;
        }
        Ok(day_ends)
    }

    /// The newest lines of the audit log without a gap, and its head.
    async fn load_lines(
        &self,
        unreadable: &mut BTreeSet<String>,
    ) -> Result<(Vec<Record>, AuditHead), StoreError> {
        let head = self.store.load_audit_head().await?;
        let days: BTreeSet<_> = days_around(self.since, self.clock.now()).collect();
        let first = days.first().copied().unwrap_or_default();
        let mut lines = load_lines(self.store, days, unreadable).await?;
        // Lines that were added after the head was read.
        lines.retain(|line| line.number <= head.number);
        // The later one of two lines around midnight may be of the earlier day, which is not read.
        let begin = DaySeal::end_of(first.yesterday().unwrap_or(first)).unwrap_or(self.since);
        let is_early = |line: &&AuditLine| line.at.duration_since(begin) < MIDNIGHT;
        let skipped = lines.iter().filter(is_early).map(|line| line.number).max().unwrap_or_default();
        lines.retain(|line| line.number > skipped);
        let lines = lines.into_iter().map(|line| Record::AuditLine(Box::new(line)));
        Ok((lines.collect(), head))
    }
}

impl Check for MovedVerification<'_> {
    async fn look(&self, _: Option<&Look>) -> Result<Look, VerifyFault> {
        let since = self.since.saturating_sub(MARGIN).unwrap_or(self.since);
        let until = self.clock.now().saturating_add(AHEAD).unwrap_or(self.since);
        let moved = self.store.list_moved(since, until, self.pace).await?;
        let mut unreadable = BTreeSet::new();
        let (lines, head) = self.load_lines(&mut unreadable).await?;
        let (mut day_ends, mut report) = (DayEnds::of(self.days), Report::default());
        let users: Vec<UserId> = moved.wallets.into_iter().collect();
        for group in users.chunks(GROUP) {
            let began = Instant::now();
            let mut books = books_with(&lines, day_ends, self.fundings);
            let each = |moved: Result<_, StoreError>| match moved {
                Ok(MovedWallet { wallet, before, entries }) => books.record_moved(wallet, &before, entries),
                Err(error) => drop(unreadable.insert(error.to_string())),
            };
            self.store.load_moved_wallets(group, since, each).await?;
            load_causes(self.store, &mut books, BTreeSet::new(), &mut unreadable).await?;
            let of_group;
            (of_group, day_ends) = in_background(move || books.check_moved()).await?;
            report = report.and(of_group);
            self.rest(began).await;
        }
        let transfers: Vec<RecordName> = moved.transfers.into_iter().collect();
        for group in transfers.chunks(GROUP) {
            let began = Instant::now();
            let mut books = books_with(&lines, DayEnds::default(), self.fundings);
            load_named(self.store, &mut books, group, &mut unreadable).await?;
            load_causes(self.store, &mut books, group.iter().cloned().collect(), &mut unreadable).await?;
            let (of_group, _) = in_background(move || books.check_moved()).await?;
            report = report.and(of_group);
            self.rest(began).await;
        }
        if self.days.is_some() {
            day_ends = self.follow(transfers, day_ends, &mut unreadable).await?;
        }
        // The log is checked once, with its head.
        let mut books = books_with(&lines, day_ends, self.fundings);
        books.record(Record::AuditHead(head));
        let previous = self.sealed.as_ref().map_or(Digest::ZERO, DaySeal::digest);
        let seal = self.days.filter(|_| unreadable.is_empty()).and_then(|days| books.seal_of(days, previous));
        let (last, _) = books.check_moved();
        Ok(Look { report: report.and(last), unreadable, share: Share::ALL, seal, unfinished: Vec::new() })
    }
}

/// Books with these lines of the audit log, to which wallets and transfers are added.
fn books_with(lines: &[Record], day_ends: DayEnds, fundings: Fundings) -> Books {
    let books = Books::new().with_secrets(Secrets::Unseen).with_fundings(fundings);
    let mut books = books.with_day_ends(day_ends);
    for line in lines {
        books.record(line.clone());
    }
    books
}
