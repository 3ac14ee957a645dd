//! [`Verifier`]: one scheduled run.
//!
//! Small books are checked completely in every run. Of larger ones, the recent movements are checked in every run, all
//! books once a day, and the history in the other runs, a step each. Books that are too large to be read in one run are
//! checked by these steps alone. The check of all books seals the day; if it does not, the day's movements do.

use crate::schedule::{hours_before, is_time_of_all, turn_at};
use crate::seal_day::days_to_seal;
use crate::{
    Findings, HistoryVerification, ItemProgress, MovedVerification, Verification, VerifyFault, VisibleItems,
    day_to_seal,
};
use evens_audit::Share;
use evens_records::{DaySeal, SealedDays};
use evens_runtime::{Context, JobDone, JobError, ScheduleHandler};
use evens_store::{ScanPace, StoreError, VerifyProgress};
use futures::future::BoxFuture;
use jiff::Timestamp;
use std::time::Duration;

/// For an engine that serves requests concurrently.
const BESIDE_OTHERS: ScanPace = ScanPace { segments: 4, page: 1_000, rests: 0 };

/// For an engine that serves one request at a time: three quarters of its time are left for players, and each read is
/// short.
const ON_ONE_BOX: ScanPace = ScanPace { segments: 1, page: 100, rests: 3 };

/// Maximum number of records held in memory.
const RECORDS_MAX: usize = 5_000_000;

/// Maximum number of items of a table that is read in one run. A larger one is checked in steps alone.
const ITEMS_MAX: u64 = 40_000_000;

/// Books with at most this many records are checked completely in every run, which reads at most this many of larger
/// ones in vain.
const SMALL_MAX: usize = 200_000;

/// Time limit of a run on Lambda. Below the function's limit (900 s), so that the run can report that it is incomplete.
const TIME_ON_LAMBDA: Duration = Duration::from_mins(13);

/// Time limit of a run on one box, which reads slowly. Below the time between two runs, so that no hour and no share is
/// left out.
const TIME_ON_ONE_BOX: Duration = Duration::from_mins(55);

/// Time that a run spends on the history: on Lambda, where the other checks of the run take seconds, and on one box.
const HISTORY_ON_LAMBDA: Duration = Duration::from_mins(8);
const HISTORY_ON_ONE_BOX: Duration = Duration::from_mins(20);

/// Maximum number of items of a page of the history. Each may be a wallet with the maximum number of entries.
const HISTORY_PAGE_MAX: u16 = 500;

/// Maximum number of entries of a ledger that are checked at once.
const HISTORY_ENTRIES_MAX: u16 = 1_000;

/// Maximum number of violations that are logged. The first ones show the problem, and `evens verify` lists all.
const LINES_MAX: usize = 100;

/// Checks recent movements, and all books if they are small or it is their hour.
#[derive(Debug, Clone, Copy)]
pub struct Verifier {
    pace: ScanPace,
    small_max: usize,
    records_max: usize,
    items_max: u64,
    time_max: Duration,
    history_time: Duration,
}

impl Verifier {
    /// For an engine that serves requests concurrently.
    pub fn beside_others() -> Self {
        Self {
            pace: BESIDE_OTHERS,
            small_max: SMALL_MAX,
            records_max: RECORDS_MAX,
            items_max: ITEMS_MAX,
            time_max: TIME_ON_LAMBDA,
            history_time: HISTORY_ON_LAMBDA,
        }
    }

    /// For one box, where player requests come first.
    pub fn on_one_box() -> Self {
        Self {
            pace: ON_ONE_BOX,
            time_max: TIME_ON_ONE_BOX,
            history_time: HISTORY_ON_ONE_BOX,
            ..Self::beside_others()
        }
    }

    /// Limits the number of records held in memory, and the number of records of small books.
    #[must_use]
    pub fn holding(self, records_max: usize, small_max: usize) -> Self {
        Self { small_max, records_max, ..self }
    }

    /// Limits the number of items of a table that is read in one run.
    #[must_use]
    pub fn reading(self, items_max: u64) -> Self {
        Self { items_max, ..self }
    }

    async fn work(self, context: &Context, now: Timestamp) -> Result<JobDone, JobError> {
        let run = self.check(context, now);
        let offenders = tokio::time::timeout(self.time_max, run).await;
        let offenders = offenders.map_err(|_| JobError::retryable(TooSlow(self.time_max)))??;
        Ok(JobDone(match offenders {
            0 => "verified the books without violations",
            _ => "verified the books and found violations",
        }))
    }

    /// Returns the number of violations.
    async fn check(self, context: &Context, now: Timestamp) -> Result<usize, JobError> {
        match self.all(context, now, Size::Small).await {
            Ok(found) => {
                // Recent movements are a part of all books, and so are their violations.
                context.metrics.movements_verified(0, context.clock.now().as_second());
                end_of_all(context, &found, found.offenders() as u64, now).await?;
                return Ok(found.offenders());
            }
            Err(VerifyFault::TooLarge { .. }) => {}
            Err(fault) => return Err(JobError::retryable(fault)),
        }
        // A fault of one check does not keep the others from being made.
        let moved = self.check_recent(context, now).await;
        let older = self.check_older(context, now).await;
        let sealed = self.seal_by_movements(context, now).await;
        Ok(moved? + older? + sealed?)
    }

    /// Checks all books if it is their hour and they are not too large, and else the next part of the history.
    async fn check_older(self, context: &Context, now: Timestamp) -> Result<usize, JobError> {
        let mut progress = match context.store.load_verify_progress().await {
            // The pass begins again. `evens verify` reports the item.
            Err(StoreError::Corrupt { .. }) => VerifyProgress::default(),
            progress => progress?,
        };
        let before = progress.violations();
        let is_readable = progress.items_of_all.is_none_or(|items| items <= self.items_max);
        if is_readable && is_time_of_all(now) {
            let found = self.all(context, now, Size::Any).await.map_err(JobError::retryable)?;
            progress.violations_of_all = found.offenders() as u64;
            context.store.keep_verify_progress(&progress).await?;
            end_of_all(context, &found, progress.violations(), now).await?;
            return Ok(found.offenders());
        }
        self.check_history(context, &mut progress, now).await?;
        let second = context.clock.now().as_second();
        context.metrics.history_verified(progress.violations(), (!is_readable).then_some(second));
        Ok(usize::try_from(progress.violations().saturating_sub(before)).unwrap_or(usize::MAX))
    }

    async fn check_history(
        self,
        context: &Context,
        progress: &mut VerifyProgress,
        now: Timestamp,
    ) -> Result<(), JobError> {
        let verification = HistoryVerification {
            store: &context.store,
            rests: self.pace.rests,
            page: self.pace.page.min(HISTORY_PAGE_MAX),
            entries_max: HISTORY_ENTRIES_MAX,
            time_max: self.history_time,
        };
        verification.step(progress, now, tell_violations).await.map_err(JobError::retryable)?;
        if let Some(pass) = &progress.pass {
            let (items, wallets, violations, began_at) =
                (pass.items, pass.wallets, pass.violations, pass.began_at);
            let has_ended = pass.ended_at.is_some();
            tracing::info!(
                items,
                wallets,
                violations,
                %began_at,
                has_ended,
                "Verified the history of {wallets} wallets since {began_at}: {violations} violations"
            );
        }
        Ok(())
    }

    async fn check_recent(self, context: &Context, now: Timestamp) -> Result<usize, JobError> {
        let recent = self.moved(context, hours_before(now), None, None).await;
        let found = recent.map_err(JobError::retryable)?;
        context.metrics.movements_verified(found.offenders(), context.clock.now().as_second());
        tell(&found, "recent movements");
        Ok(found.offenders())
    }

    /// Seals the day that the check of all books has left unsealed, if that is possible.
    async fn seal_by_movements(self, context: &Context, now: Timestamp) -> Result<usize, JobError> {
        let seals = match context.store.newest_seals(2).await {
            // The check of all books reports it, and nothing is sealed until then.
            Err(StoreError::Corrupt { .. }) => return Ok(0),
            seals => seals?,
        };
        let Some(days) = days_to_seal(&seals, now) else { return Ok(0) };
        let Some(since) = days.after.and_then(DaySeal::end_of) else { return Ok(0) };
        let newest = seals.into_iter().next();
        let found = self.moved(context, since, newest, Some(days)).await.map_err(JobError::retryable)?;
        tell(&found, "movements since the last seal");
        seal_if_sealable(context, &found, now).await?;
        Ok(found.offenders())
    }

    async fn all(self, context: &Context, now: Timestamp, size: Size) -> Result<Findings, VerifyFault> {
        let (records_max, is_divisible) = match size {
            Size::Small => (self.small_max, false),
            Size::Any => (self.records_max, true),
        };
        let verification = Verification {
            store: &context.store,
            clock: &context.clock,
            sight: VisibleItems::WithoutSecrets { pace: self.pace },
            expected: ItemProgress::InTime { refund_after: context.settings.betting.refund_after },
            is_moving: true,
            records_max,
            is_divisible,
            share: Share::of_turn(turn_at(now)),
        };
        verification.run(|sealed| day_to_seal(sealed, now)).await
    }

    async fn moved(
        self,
        context: &Context,
        since: Timestamp,
        sealed: Option<DaySeal>,
        days: Option<SealedDays>,
    ) -> Result<Findings, VerifyFault> {
        let (store, clock, rests) = (&context.store, &context.clock, self.pace.rests);
        MovedVerification { store, clock, rests, since, sealed, days }.run().await
    }
}

/// The books that a check of all of them accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Size {
    Small,
    /// Too large ones are checked in shares.
    Any,
}

impl<'a> ScheduleHandler<'a> for Verifier {
    type Run = BoxFuture<'a, Result<JobDone, JobError>>;

    fn run(&self, context: &'a Context, now: Timestamp) -> Self::Run {
        Box::pin(self.work(context, now))
    }
}

/// The books were not read completely in time.
#[derive(Debug, thiserror::Error)]
#[error("the books were not verified within {} s", .0.as_secs())]
struct TooSlow(Duration);

/// Reports a check of all books, and seals the day that is due.
async fn end_of_all(
    context: &Context,
    found: &Findings,
    violations: u64,
    now: Timestamp,
) -> Result<(), JobError> {
    context.metrics.books_verified(violations, context.clock.now().as_second());
    tell(found, "all books");
    seal_if_sealable(context, found, now).await
}

/// Logs the violations, a sentence each.
fn tell_violations(found: &Findings) {
    for violation in found.report.violations().iter().take(LINES_MAX) {
        let (invariant, subject, sentence) =
            (violation.invariant.name(), violation.subject.to_string(), &violation.sentence);
        tracing::error!(invariant, subject, "The books violate {invariant}: {sentence}");
    }
    for sentence in found.unreadable.iter().take(LINES_MAX) {
        tracing::error!("The books have an unreadable item: {sentence}");
    }
}

/// Logs the violations and the extent of a check.
fn tell(found: &Findings, checked: &'static str) {
    tell_violations(found);
    let (counts, offenders, looks) = (found.report.counts, found.offenders(), found.looks);
    let (wallets, entries, bets) = (counts.wallets, counts.entries, counts.bets);
    let undecided = found.undecided.len();
    let (share, shares) = (found.share.number(), found.share.count());
    tracing::info!(
        wallets,
        entries,
        bets,
        offenders,
        undecided,
        looks,
        share,
        shares,
        checked,
        "Verified {checked}, {wallets} wallets, {entries} entries and {bets} bets: {offenders} violations"
    );
}

/// Stores the seal of the day that is due. The log line is its copy outside the table. Undecided findings do not
/// prevent it: they change with current activity, and the sealed day is over.
async fn seal_if_sealable(context: &Context, found: &Findings, now: Timestamp) -> Result<(), JobError> {
    let Some(seal) = found.seal.as_ref().filter(|_| found.is_sealable()) else { return Ok(()) };
    let seal = context.store.keep_seal(seal, now).await?;
    let (day, seal) = (seal.day(), seal.digest());
    tracing::info!(%day, %seal, "Sealed the books up to the end of {day}: {seal}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::Verifier;
    use crate::schedule::HOUR_SECONDS;
    use std::time::Duration;

    #[test]
    fn a_run_on_one_box_may_take_most_of_the_time_until_the_next_one() {
        let between = Duration::from_secs(HOUR_SECONDS.unsigned_abs());
        let (on_lambda, on_one_box) = (Verifier::beside_others().time_max, Verifier::on_one_box().time_max);
        assert!(on_lambda < on_one_box && on_one_box < between, "{on_one_box:?}");
    }
}
