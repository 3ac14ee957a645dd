//! [`HistoryVerification`]: checks the whole history of large books in steps, however many there are.
//!
//! A pass goes through the table page by page. All entries of each wallet on a page are checked with the records that
//! explain them, like [recent movements](crate::moved). A large ledger is checked in parts. The progress is stored
//! after each page and each part, so that the next step continues there, also after a run that was ended.

use crate::background::in_background;
use crate::causes::{days_around, load_causes, load_lines, load_named};
use crate::looks::{Check, Findings, Look, look_until_certain};
use crate::verification::VerifyFault;
use evens_audit::{Books, Fundings, Secrets, Share, may_be_of_operators};
use evens_ledger::{Entry, UserId, Wallet};
use evens_records::{JackpotRecord, Record, RecordName};
use evens_store::{HistoryPass, LedgerPart, PassPlace, ScanPage, Store, StoreError, VerifyProgress};
use futures::stream::{self, StreamExt};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// A pass begins at most this long after one with violations, which may have been repaired.
const AFTER_VIOLATIONS: SignedDuration = SignedDuration::from_hours(24);

/// Number of ledgers that are read at the same time.
const READ_AT_ONCE: usize = 8;

/// The subject and the options of a check of the history.
#[derive(Debug, Clone)]
pub struct HistoryVerification<'a> {
    pub store: &'a Store,
    pub fundings: Fundings,
    /// Number of items of a page.
    pub page: u16,
    /// Maximum number of entries of a ledger that are checked at once.
    pub entries_max: u16,
}

/// The limits of a step of the scheduled pass.
#[derive(Debug, Clone, Copy)]
pub struct StepLimits {
    /// Pause after each page and each part of a ledger, as a multiple of the time that it took.
    pub rests: u32,
    /// The step ends with the first page or part after this time.
    pub time_max: Duration,
    /// A pass begins this long after the begin of the one before, or when that has ended.
    pub wait: SignedDuration,
}

impl HistoryVerification<'_> {
    /// Makes a whole pass without a rest. Its progress is not stored.
    ///
    /// # Errors
    /// [`VerifyFault`].
    pub async fn run(&self, now: Timestamp) -> Result<(HistoryPass, Findings), VerifyFault> {
        let mut pass = HistoryPass::begin(now);
        let mut found = self.check_next(&mut pass, now).await?;
        while pass.ended_at.is_none() {
            found = found.and(self.check_next(&mut pass, now).await?);
        }
        Ok((pass, found))
    }

    /// Continues the scheduled pass, or begins one if it is time, and passes the findings of each part to `each`. The
    /// progress is stored after each part. The step ends if another run goes on with the pass. Returns the pass if this
    /// step has ended it.
    ///
    /// # Errors
    /// [`VerifyFault`]. The progress before it is stored.
    pub async fn step(
        &self,
        limits: StepLimits,
        progress: &mut VerifyProgress,
        now: Timestamp,
        each: impl Fn(&Findings),
    ) -> Result<Option<HistoryPass>, VerifyFault> {
        let is_over = |pass: &HistoryPass| {
            let wait = if pass.violations > 0 { limits.wait.min(AFTER_VIOLATIONS) } else { limits.wait };
            pass.ended_at.is_some() && now.duration_since(pass.began_at) >= wait
        };
        if progress.pass.as_ref().is_none_or(is_over) {
            progress.pass = Some(HistoryPass::begin(now));
        }
        let began = Instant::now();
        while let Some(pass) = progress.pass.as_mut().filter(|pass| pass.ended_at.is_none()) {
            let part_began = Instant::now();
            each(&self.check_next(pass, now).await?);
            let ended = pass.ended_at.is_some().then(|| pass.clone());
            if let Some(ended) = &ended {
                progress.violations_of_last_pass = ended.violations;
            }
            let is_kept = self.store.keep_verify_progress(progress).await?;
            if ended.is_some() {
                return Ok(ended.filter(|_| is_kept));
            }
            if !is_kept || began.elapsed() >= limits.time_max {
                break;
            }
            sleep(part_began.elapsed() * limits.rests).await;
        }
        Ok(None)
    }

    /// Checks the next part of a large ledger of the last page, or the next page.
    async fn check_next(&self, pass: &mut HistoryPass, now: Timestamp) -> Result<Findings, VerifyFault> {
        let found = match pass.place.large.first() {
            Some(user) => self.check_large(*user, pass).await?,
            None => self.check_page(pass).await?,
        };
        pass.violations += found.offenders() as u64;
        pass.ended_at = (pass.place.is_last_page && pass.place.large.is_empty()).then_some(now);
        Ok(found)
    }

    /// Checks the small ledgers and the transfers of the next page.
    async fn check_page(&self, pass: &mut HistoryPass) -> Result<Findings, VerifyFault> {
        let ScanPage { items, records, last } =
            self.store.scan_page(pass.place.after.as_ref(), self.page).await?;
        let (Contents { versions, names, logged }, unreadable) = contents(records);
        let is_large = |version: u64| version > self.entries_max.into();
        let (large, small): (Vec<_>, Vec<_>) = versions.iter().partition(|(_, version)| is_large(**version));
        let starts = small.into_iter().map(|(user, _)| Wallet::empty(*user)).collect();
        let mut found =
            look_until_certain(&Part { verification: self, starts, names, logged }, true, None).await?;
        found.unreadable.extend(unreadable);
        pass.items += items;
        pass.wallets += versions.len() as u64;
        pass.place = PassPlace {
            is_last_page: last.is_none(),
            after: last,
            large: large.into_iter().map(|(user, _)| *user).collect(),
            wallet: None,
        };
        Ok(found)
    }

    /// Checks the next part of the ledger of the first user.
    async fn check_large(&self, user: UserId, pass: &mut HistoryPass) -> Result<Findings, VerifyFault> {
        let start = pass.place.wallet.clone().filter(|wallet| wallet.user == user);
        let starts = vec![start.unwrap_or_else(|| Wallet::empty(user))];
        let part = Part { verification: self, starts, names: BTreeSet::new(), logged: Vec::new() };
        let found = look_until_certain(&part, true, None).await?;
        pass.place.wallet = found.unfinished.first().cloned();
        if pass.place.wallet.is_none() {
            pass.place.large.remove(0);
        }
        Ok(found)
    }
}

/// The contents of a page from which the check of the history begins.
#[derive(Default)]
struct Contents {
    /// The wallets, with the numbers of their newest entries.
    versions: BTreeMap<UserId, u64>,
    /// The transfers between system accounts, and the contributions to jackpots.
    names: BTreeSet<RecordName>,
    /// The times of the transfers that the audit log explains.
    logged: Vec<Timestamp>,
}

/// The contents of a page, and its unreadable items.
fn contents(records: Vec<Result<Record, StoreError>>) -> (Contents, BTreeSet<String>) {
    let (mut contents, mut unreadable) = (Contents::default(), BTreeSet::new());
    for record in records {
        match record {
            Ok(Record::Wallet(wallet)) => drop(contents.versions.insert(wallet.user, wallet.version)),
            Ok(Record::Transfer(transfer)) => {
                if may_be_of_operators(&transfer.key) {
                    contents.logged.push(transfer.at);
                }
                contents.names.insert(RecordName::Transfer(transfer.key));
            }
            Ok(Record::Jackpot(record)) => {
                if let JackpotRecord::Contribution(made) = *record {
                    contents.names.insert(RecordName::Operation(made.operation));
                }
            }
            Ok(_) => {}
            Err(error) => drop(unreadable.insert(error.to_string())),
        }
    }
    (contents, unreadable)
}

/// Records that are checked together: ledgers from where they were left, and others with these names.
struct Part<'a> {
    verification: &'a HistoryVerification<'a>,
    /// The wallets as the entries that were checked before left them.
    starts: Vec<Wallet>,
    names: BTreeSet<RecordName>,
    /// The times of the named transfers that the audit log explains.
    logged: Vec<Timestamp>,
}

impl Part<'_> {
    /// Adds the ledgers. Returns those that go on, as their last entry here left them, and the times of the entries
    /// that the audit log explains.
    async fn load_ledgers(
        &self,
        books: &mut Books,
        unreadable: &mut BTreeSet<String>,
    ) -> Result<(Vec<Wallet>, Vec<Timestamp>), StoreError> {
        let HistoryVerification { store, entries_max, .. } = *self.verification;
        let (mut unfinished, mut logged) = (Vec::new(), Vec::new());
        let read = stream::iter(self.starts.clone());
        let mut read = read
            .map(|start| async move {
                let part = store.load_ledger(start.user, start.version, entries_max).await;
                (start, part)
            })
            .buffered(READ_AT_ONCE);
        while let Some((start, part)) = read.next().await {
            let LedgerPart { wallet, entries } = match part {
                Ok(part) => part,
                Err(error @ StoreError::Corrupt { .. }) => {
                    unreadable.insert(error.to_string());
                    continue;
                }
                Err(error) => return Err(error),
            };
            let is_logged = |entry: &&Entry| may_be_of_operators(&entry.key);
            logged.extend(entries.iter().filter(is_logged).map(|entry| entry.at));
            let left = entries.iter().fold(start.clone(), |left, entry| left.left_by(entry));
            let is_last = left.version >= wallet.version;
            let is_whole = is_last && start.version == 0;
            let end = if is_last { wallet } else { left };
            if !is_last {
                unfinished.push(end.clone());
            }
            books.record_ledger(start, end, is_whole, entries);
        }
        Ok((unfinished, logged))
    }
}

impl Check for Part<'_> {
    async fn look(&self, _: Option<&Look>) -> Result<Look, VerifyFault> {
        let store = self.verification.store;
        let mut books = Books::new().with_secrets(Secrets::Unseen).with_fundings(self.verification.fundings);
        let mut unreadable = BTreeSet::new();
        let (unfinished, logged) = self.load_ledgers(&mut books, &mut unreadable).await?;
        let names: Vec<_> = self.names.iter().cloned().collect();
        load_named(store, &mut books, &names, &mut unreadable).await?;
        let logged = logged.iter().chain(&self.logged);
        let days = logged.flat_map(|at| days_around(*at, *at)).collect();
        for line in load_lines(store, days, &mut unreadable).await? {
            books.record(Record::AuditLine(Box::new(line)));
        }
        load_causes(store, &mut books, self.names.clone(), &mut unreadable).await?;
        let (report, _) = in_background(move || books.check_moved()).await?;
        Ok(Look { report, unreadable, share: Share::ALL, seal: None, unfinished })
    }
}
