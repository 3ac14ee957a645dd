//! [`Verifier`]: one scheduled run.
//!
//! Small books are checked completely in every run. In larger ones, recent movements are checked in every run, all
//! books once a day, and the history in the other runs, a step each. If all books cannot be checked in one run, these
//! steps alone check them, and all books are tried every two days. The check of all books seals the day; if it does
//! not, the day's movements do.
//!
//! Whoever writes to the table can write the progress of earlier runs, too. So a run believes it only as far as the run
//! itself has seen: that books are large, if it has counted their items; that a pass has ended, if it has ended it.
//! Progress that cannot be is a violation.

use crate::schedule::{hours_before, is_time_of_all, turn_at};
use crate::seal_day::days_to_seal;
use crate::{
    Findings, HistoryVerification, ItemProgress, MovedVerification, StepLimits, Verification, VerifyFault,
    VisibleItems, day_to_seal, fundings_of,
};
use evens_audit::Share;
use evens_records::{DaySeal, SealedDays};
use evens_runtime::{Context, JobDone, JobError, LineAlarm, ScheduleHandler};
use evens_store::{HistoryPass, LastCheck, ScanPace, StoreError, VerifyProgress};
use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// For an engine that serves requests concurrently. Segments of a table are in different partitions as far as possible,
/// and half of the time of each is left for players.
const BESIDE_OTHERS: ScanPace = ScanPace { segments: 4, page: 1_000, rests: 1 };

/// For an engine that serves one request at a time: three quarters of its time are left for players, and each read is
/// short.
const ON_ONE_BOX: ScanPace = ScanPace { segments: 1, page: 100, rests: 3 };

/// Maximum number of records held in memory: by a function, and on one box, where 256 MiB are left for them.
const RECORDS_MAX: usize = 5_000_000;
const RECORDS_MAX_ON_ONE_BOX: usize = 400_000;

/// Time until the next check of all books if the last ones did not end: two days, less the time by which a run may
/// begin earlier in its hour. The history is checked meanwhile.
const UNTIL_NEXT_TRY: SignedDuration = SignedDuration::from_hours(2 * 24 - 1);

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

/// A pass over the history begins this long after the one before.
const BETWEEN_PASSES: SignedDuration = SignedDuration::from_hours(28 * 24);

/// The same if nothing else checks all books.
const BETWEEN_PASSES_ALONE: SignedDuration = SignedDuration::from_hours(24);

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
            time_max: TIME_ON_LAMBDA,
            history_time: HISTORY_ON_LAMBDA,
        }
    }

    /// For one box, where player requests come first.
    pub fn on_one_box() -> Self {
        Self {
            pace: ON_ONE_BOX,
            records_max: RECORDS_MAX_ON_ONE_BOX,
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

    async fn work(self, context: &Context, now: Timestamp) -> Result<JobDone, JobError> {
        let run = self.check(context, now);
        let offenders = tokio::time::timeout(self.time_max, run).await;
        let offenders = offenders.map_err(|_| self.cut_off())??;
        Ok(JobDone(match offenders {
            0 => "verified the books without violations",
            _ => "verified the books and found violations",
        }))
    }

    fn cut_off(self) -> JobError {
        let (alarm, minutes) = (LineAlarm::BooksCutOff.name(), self.time_max.as_secs() / 60);
        tracing::error!(alarm, minutes, "The check of the books was ended after {minutes} minutes");
        JobError::retryable(TooSlow(self.time_max))
    }

    /// Returns the number of violations.
    async fn check(self, context: &Context, now: Timestamp) -> Result<usize, JobError> {
        let (mut progress, impossible) = believed_progress(context, now).await?;
        // Books that are large are not read in part each hour, but whether they are is not taken from their table.
        let is_small = !progress.is_large
            || !context.store.has_more_items_than(self.small_max, self.pace.page, self.pace.rests).await?;
        if is_small {
            match self.all(context, now, Size::Small).await {
                Ok(found) => return self.end_of_small(context, &found, impossible, progress, now).await,
                Err(VerifyFault::TooLarge { .. }) => {
                    progress.is_large = true;
                    context.store.keep_verify_progress(&mut progress).await?;
                }
                Err(fault) => return Err(JobError::retryable(fault)),
            }
        }
        // A fault of one check does not keep the others from being made. The last one takes the longest time.
        let moved = self.check_recent(context, impossible, now).await;
        let sealed = self.seal_by_movements(context, now).await;
        let older = if may_check_all(&progress, now) {
            self.check_all(context, progress, now).await
        } else {
            self.check_history(context, progress, now).await
        };
        let moved = moved?;
        let found = moved + sealed? + older?;
        keep_last_check(context, moved).await?;
        Ok(found)
    }

    /// Reports and stores a check of small books, which have no history of their own.
    async fn end_of_small(
        self,
        context: &Context,
        found: &Findings,
        impossible: usize,
        progress: VerifyProgress,
        now: Timestamp,
    ) -> Result<usize, JobError> {
        let offenders = found.offenders() + impossible;
        let mut ended = VerifyProgress {
            revision: progress.revision,
            all_began_at: Some(now),
            violations_of_all: found.offenders() as u64,
            last_check: Some(LastCheck { at: context.clock.now(), movement_violations: 0 }),
            ..VerifyProgress::default()
        };
        // Another run that has stored its end meanwhile has checked the same books.
        context.store.keep_verify_progress(&mut ended).await?;
        // Recent movements are a part of all books, and so are their violations.
        context.metrics.movements_verified(0, context.clock.now().as_second());
        end_of_all(context, found, offenders as u64, now).await?;
        Ok(offenders)
    }

    /// Checks all books. It is stored before that this check has not ended, so that a later run knows it.
    async fn check_all(
        self,
        context: &Context,
        mut progress: VerifyProgress,
        now: Timestamp,
    ) -> Result<usize, JobError> {
        let store = &context.store;
        progress.all_began_at = Some(now);
        progress.all_unfinished = progress.all_unfinished.saturating_add(1);
        if !store.keep_verify_progress(&mut progress).await? {
            // Another run makes this check.
            return Ok(0);
        }
        let found = self.all(context, now, Size::Any).await.map_err(JobError::retryable)?;
        let ended = |progress: VerifyProgress| VerifyProgress {
            is_large: found.report.counts.total() > self.small_max,
            all_unfinished: 0,
            violations_of_all: found.offenders() as u64,
            ..progress
        };
        progress = ended(progress);
        if !store.keep_verify_progress(&mut progress).await? {
            // Another run has gone on with the history.
            progress = ended(store.load_verify_progress().await?);
            store.keep_verify_progress(&mut progress).await?;
        }
        end_of_all(context, &found, progress.violations(), now).await?;
        Ok(found.offenders())
    }

    /// Checks the next part of the history. If the last check of all books did not end, a pass that this run ends
    /// counts as one of them, from the time when the pass began.
    async fn check_history(
        self,
        context: &Context,
        mut progress: VerifyProgress,
        now: Timestamp,
    ) -> Result<usize, JobError> {
        let is_alone = progress.all_unfinished > 0;
        let verification = HistoryVerification {
            store: &context.store,
            fundings: fundings_of(context.settings.stage),
            page: self.pace.page.min(HISTORY_PAGE_MAX),
            entries_max: HISTORY_ENTRIES_MAX,
        };
        let limits = StepLimits {
            rests: self.pace.rests,
            time_max: self.history_time,
            wait: if is_alone { BETWEEN_PASSES_ALONE } else { BETWEEN_PASSES },
        };
        let offenders = AtomicUsize::new(0);
        let each = |found: &Findings| {
            let before = offenders.fetch_add(found.offenders(), Ordering::Relaxed);
            tell_violations(found, LINES_MAX.saturating_sub(before));
        };
        let step = verification.step(limits, &mut progress, now, each).await;
        let ended = step.as_ref().ok().and_then(Option::as_ref);
        let ended = ended.filter(|pass| is_alone && pass.items > self.small_max as u64);
        context.metrics.history_verified(progress.violations(), ended.map(|pass| pass.began_at.as_second()));
        step.map_err(JobError::retryable)?;
        if let Some(pass) = &progress.pass {
            tell_history(pass);
        }
        Ok(offenders.into_inner())
    }

    async fn check_recent(
        self,
        context: &Context,
        impossible: usize,
        now: Timestamp,
    ) -> Result<usize, JobError> {
        let recent = self.moved(context, hours_before(now), None, None).await;
        let found = recent.map_err(JobError::retryable)?;
        let offenders = found.offenders() + impossible;
        context.metrics.movements_verified(offenders, context.clock.now().as_second());
        tell(&found, "recent movements");
        Ok(offenders)
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
            fundings: fundings_of(context.settings.stage),
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
        let (store, clock, pace) = (&context.store, &context.clock, self.pace);
        let fundings = fundings_of(context.settings.stage);
        MovedVerification { store, clock, pace, fundings, since, sealed, days }.run().await
    }
}

/// The progress as far as it can be, and 1 if a part of it cannot. No run writes such a part.
async fn believed_progress(context: &Context, now: Timestamp) -> Result<(VerifyProgress, usize), StoreError> {
    let (believed, is_possible) = match context.store.load_verify_progress().await {
        Err(StoreError::Corrupt { .. }) => (context.store.reset_verify_progress().await?, false),
        progress => {
            let progress = progress?;
            let believed = progress.clone().believed_at(now);
            let is_possible = believed == progress;
            (believed, is_possible)
        }
    };
    if !is_possible {
        tracing::error!("The stored progress of the checks of the books cannot be, so it is not believed");
    }
    Ok((believed, usize::from(!is_possible)))
}

/// Stores that a run over large books has ended, with the number of violations among recent movements.
async fn keep_last_check(context: &Context, moved: usize) -> Result<(), StoreError> {
    let mut progress = context.store.load_verify_progress().await?;
    let at = context.clock.now();
    progress.last_check = Some(LastCheck { at, movement_violations: moved as u64 });
    // If another run goes on with the history, its own end is stored soon.
    context.store.keep_verify_progress(&mut progress).await?;
    Ok(())
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

/// Returns `true` in the hour of all books, unless the last checks of all did not end and were not long ago.
fn may_check_all(progress: &VerifyProgress, now: Timestamp) -> bool {
    let is_long_ago = |began_at: Timestamp| now.duration_since(began_at) >= UNTIL_NEXT_TRY;
    is_time_of_all(now)
        && (progress.all_unfinished < VerifyProgress::UNFINISHED_MAX
            || progress.all_began_at.is_none_or(is_long_ago))
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

/// Logs the violations, a sentence each, and at most `lines` of them.
fn tell_violations(found: &Findings, lines: usize) {
    let violations = found.report.violations();
    for violation in violations.iter().take(lines) {
        let (invariant, subject, sentence) =
            (violation.invariant.name(), violation.subject.to_string(), &violation.sentence);
        tracing::error!(invariant, subject, "The books violate {invariant}: {sentence}");
    }
    for sentence in found.unreadable.iter().take(lines.saturating_sub(violations.len())) {
        tracing::error!("The books have an unreadable item: {sentence}");
    }
}

/// Logs the progress of the check of the history.
fn tell_history(pass: &HistoryPass) {
    let HistoryPass { items, wallets, violations, began_at, ended_at, .. } = pass;
    let has_ended = ended_at.is_some();
    tracing::info!(
        items,
        wallets,
        violations,
        %began_at,
        has_ended,
        "Verified the history of {wallets} wallets since {began_at}: {violations} violations"
    );
}

/// Logs the violations and the extent of a check.
fn tell(found: &Findings, checked: &'static str) {
    tell_violations(found, LINES_MAX);
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
