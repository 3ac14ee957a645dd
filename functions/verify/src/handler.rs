//! [`Verifier`]: one scheduled run.

use crate::{Findings, ItemProgress, Verification, VisibleItems, day_to_seal};
use evens_audit::Share;
use evens_runtime::{Context, JobDone, JobError, ScheduleHandler};
use evens_store::ScanPace;
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

/// Time limit of a run on Lambda. Below the function's limit (900 s), so that the run can report that it is incomplete.
const TIME_ON_LAMBDA: Duration = Duration::from_mins(13);

/// Time limit of a run on one box, which reads slowly. Below the time between two runs, so that no hour and no share is
/// left out.
const TIME_ON_ONE_BOX: Duration = Duration::from_mins(55);

/// Time between two scheduled runs, in seconds.
const RUN_SECONDS: i64 = 3_600;

/// Maximum number of violations that are logged. The first ones show the problem, and `evens verify` lists all.
const LINES_MAX: usize = 100;

/// Checks all books once, or the next share of books that do not fit into memory.
#[derive(Debug, Clone, Copy)]
pub struct Verifier {
    pace: ScanPace,
    records_max: usize,
    time_max: Duration,
}

impl Verifier {
    /// For an engine that serves requests concurrently.
    pub fn beside_others() -> Self {
        Self { pace: BESIDE_OTHERS, records_max: RECORDS_MAX, time_max: TIME_ON_LAMBDA }
    }

    /// For one box, where player requests come first.
    pub fn on_one_box() -> Self {
        Self { pace: ON_ONE_BOX, time_max: TIME_ON_ONE_BOX, ..Self::beside_others() }
    }

    /// Limits the number of records held in memory.
    #[must_use]
    pub fn holding(self, records_max: usize) -> Self {
        Self { records_max, ..self }
    }

    async fn work(self, context: &Context, now: Timestamp) -> Result<JobDone, JobError> {
        let verification = Verification {
            store: &context.store,
            clock: &context.clock,
            sight: VisibleItems::WithoutSecrets { pace: self.pace },
            expected: ItemProgress::InTime { refund_after: context.settings.betting.refund_after },
            is_moving: true,
            records_max: self.records_max,
            share: Share::of_turn(turn_at(now)),
        };
        let run = verification.run(|sealed| day_to_seal(sealed, now));
        let found = tokio::time::timeout(self.time_max, run).await;
        let found = found.map_err(|_| JobError::retryable(TooSlow(self.time_max)))?;
        let found = found.map_err(JobError::retryable)?;
        context.metrics.books_verified(found.offenders(), context.clock.now().as_second());
        tell(&found);
        // Undecided findings do not prevent the seal: they change with current activity, and the sealed day is over.
        if found.is_sealable() {
            seal(context, &found, now).await?;
        }
        Ok(JobDone(match found.offenders() {
            0 => "verified the books without violations",
            _ => "verified the books and found violations",
        }))
    }
}

impl<'a> ScheduleHandler<'a> for Verifier {
    type Run = BoxFuture<'a, Result<JobDone, JobError>>;

    fn run(&self, context: &'a Context, now: Timestamp) -> Self::Run {
        Box::pin(self.work(context, now))
    }
}

/// The number of the hour. Consecutive hours take different shares, without a record of the previous run.
fn turn_at(now: Timestamp) -> u64 {
    now.as_second().div_euclid(RUN_SECONDS).unsigned_abs()
}

/// The books were not read completely in time.
#[derive(Debug, thiserror::Error)]
#[error("the books were not verified within {} s", .0.as_secs())]
struct TooSlow(Duration);

/// Logs the violations, a sentence each.
fn tell(found: &Findings) {
    for violation in found.report.violations().iter().take(LINES_MAX) {
        let (invariant, subject, sentence) =
            (violation.invariant.name(), violation.subject.to_string(), &violation.sentence);
        tracing::error!(invariant, subject, "The books violate {invariant}: {sentence}");
    }
    for sentence in found.unreadable.iter().take(LINES_MAX) {
        tracing::error!("The books have an unreadable item: {sentence}");
    }
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
        "Verified {wallets} wallets, {entries} entries and {bets} bets: {offenders} violations"
    );
}

/// Stores the seal of the day that is due. The log line is its copy outside the table.
async fn seal(context: &Context, found: &Findings, now: Timestamp) -> Result<(), JobError> {
    let Some(seal) = &found.seal else { return Ok(()) };
    let seal = context.store.keep_seal(seal, now).await?;
    let (day, seal) = (seal.day, seal.digest());
    tracing::info!(%day, %seal, "Sealed the books up to the end of {day}: {seal}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{RUN_SECONDS, Verifier, turn_at};
    use std::time::Duration;

    #[test]
    fn a_run_on_one_box_may_take_most_of_the_time_until_the_next_one() {
        let between = Duration::from_secs(RUN_SECONDS.unsigned_abs());
        let (on_lambda, on_one_box) = (Verifier::beside_others().time_max, Verifier::on_one_box().time_max);
        assert!(on_lambda < on_one_box && on_one_box < between, "{on_one_box:?}");
    }

    #[test]
    fn consecutive_hours_have_consecutive_turns() {
        let turn = |text: &str| turn_at(text.parse().expect("a time"));
        let first = turn("2026-11-21T01:59:59Z");
        assert_eq!(turn("2026-11-21T01:00:00Z"), first);
        assert_eq!(turn("2026-11-21T02:00:00Z"), first + 1);
    }
}
