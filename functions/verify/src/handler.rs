//! [`Verifier`]: one scheduled run.
//!
//! Small books are checked completely in every run. Larger ones are checked completely once a day, and in every run
//! their recent movements are checked. The check of all books seals the day; if it does not, the day's movements do.

use crate::{
    Findings, ItemProgress, MovedVerification, Verification, VerifyFault, VisibleItems, day_to_seal,
};
use evens_audit::Share;
use evens_records::{DaySeal, SealedDays};
use evens_runtime::{Context, JobDone, JobError, ScheduleHandler};
use evens_store::{MARKS_KEPT_HOURS, ScanPace, StoreError};
use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

/// For an engine that serves requests concurrently.
const BESIDE_OTHERS: ScanPace = ScanPace { segments: 4, page: 1_000, rests: 0 };

/// For an engine that serves one request at a time: three quarters of its time are left for players, and each read is
/// short.
const ON_ONE_BOX: ScanPace = ScanPace { segments: 1, page: 100, rests: 3 };

/// Maximum number of records held in memory.
const RECORDS_MAX: usize = 5_000_000;

/// Books with at most this many records are checked completely in every run, which reads at most this many of larger
/// ones in vain.
const SMALL_MAX: usize = 200_000;

/// The time of day (UTC) after which the next run checks all books, whatever their size, and seals the day before.
const TIME_OF_ALL_S: i64 = 2 * HOUR_SECONDS;

/// Number of hours, besides the current one, whose movements are checked in each run.
const HOURS: i64 = 3;

/// A run may begin this much later than an hour after the one before.
const LATENESS_S: i64 = 120;

/// A day that cannot be sealed for so long is sealed by all books, because its marks will be gone.
const MARKS_KEPT: SignedDuration = SignedDuration::from_hours(MARKS_KEPT_HOURS - 24);

/// Time limit of a run on Lambda. Below the function's limit (900 s), so that the run can report that it is incomplete.
const TIME_ON_LAMBDA: Duration = Duration::from_mins(13);

/// Time limit of a run on one box, which reads slowly. Below the time between two runs, so that no hour and no share is
/// left out.
const TIME_ON_ONE_BOX: Duration = Duration::from_mins(55);

/// Time between two scheduled runs, in seconds.
const HOUR_SECONDS: i64 = 3_600;

/// Maximum number of violations that are logged. The first ones show the problem, and `evens verify` lists all.
const LINES_MAX: usize = 100;

/// Checks recent movements, and all books if they are small or it is their hour.
#[derive(Debug, Clone, Copy)]
pub struct Verifier {
    pace: ScanPace,
    small_max: usize,
    records_max: usize,
    time_max: Duration,
}

impl Verifier {
    /// For an engine that serves requests concurrently.
    pub fn beside_others() -> Self {
        Self { pace: BESIDE_OTHERS, small_max: SMALL_MAX, records_max: RECORDS_MAX, time_max: TIME_ON_LAMBDA }
    }

    /// For one box, where player requests come first.
    pub fn on_one_box() -> Self {
        Self { pace: ON_ONE_BOX, time_max: TIME_ON_ONE_BOX, ..Self::beside_others() }
    }

    /// Limits the number of records held in memory, and the number of records of small books.
    #[must_use]
    pub fn holding(self, records_max: usize, small_max: usize) -> Self {
        Self { small_max, records_max, ..self }
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
                return end_of_all(context, &found, now).await;
            }
            Err(VerifyFault::TooLarge { .. }) => {}
            Err(fault) => return Err(JobError::retryable(fault)),
        }
        // A fault of one check does not keep the others from being made.
        let moved = self.check_recent(context, now).await;
        let all = if is_time_of_all(now) { self.check_all(context, now).await } else { Ok(0) };
        let sealed = self.seal_by_movements(context, now).await;
        Ok(moved? + all? + sealed?)
    }

    async fn check_recent(self, context: &Context, now: Timestamp) -> Result<usize, JobError> {
        let recent = self.moved(context, hours_before(now), None, None).await;
        let found = recent.map_err(JobError::retryable)?;
        context.metrics.movements_verified(found.offenders(), context.clock.now().as_second());
        tell(&found, "recent movements");
        Ok(found.offenders())
    }

    async fn check_all(self, context: &Context, now: Timestamp) -> Result<usize, JobError> {
        let found = self.all(context, now, Size::Any).await.map_err(JobError::retryable)?;
        end_of_all(context, &found, now).await
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

/// The days to seal by their movements, if a day is due and the check of all books had its time to seal it. The marks
/// of movements must be complete since the previous seal. They are if it and the one before it have an `after`, because
/// versions that write marks have run for a day then.
fn days_to_seal(seals: &[DaySeal], now: Timestamp) -> Option<SealedDays> {
    let [newest, before] = seals else { return None };
    let is_marked = newest.days.after.is_some() && before.days.after.is_some();
    let begin = DaySeal::end_of(newest.day()).filter(|_| is_marked)?;
    let of_all = SignedDuration::from_secs(TIME_OF_ALL_S + LATENESS_S);
    let last = day_to_seal(Some(newest.day()), now.saturating_sub(of_all).ok()?)?;
    (now.duration_since(begin) < MARKS_KEPT).then_some(SealedDays { last, after: Some(newest.day()) })
}

impl<'a> ScheduleHandler<'a> for Verifier {
    type Run = BoxFuture<'a, Result<JobDone, JobError>>;

    fn run(&self, context: &'a Context, now: Timestamp) -> Self::Run {
        Box::pin(self.work(context, now))
    }
}

/// Returns `true` in the first run of a day after the time of all books, and rarely in the second one.
fn is_time_of_all(now: Timestamp) -> bool {
    let after_s = now.as_second().rem_euclid(24 * HOUR_SECONDS) - TIME_OF_ALL_S;
    (0..HOUR_SECONDS + LATENESS_S).contains(&after_s)
}

fn hours_at(now: Timestamp) -> i64 {
    now.as_second().div_euclid(HOUR_SECONDS)
}

/// The number of the day. On consecutive days, larger books are checked in different shares, without a record of the
/// previous run.
fn turn_at(now: Timestamp) -> u64 {
    hours_at(now).div_euclid(24).unsigned_abs()
}

/// The time from which recent movements are checked. If one run or two are missing, the next one makes up for them;
/// more raise an alarm.
fn hours_before(now: Timestamp) -> Timestamp {
    Timestamp::from_second((hours_at(now) - HOURS) * HOUR_SECONDS).unwrap_or(now)
}

/// The books were not read completely in time.
#[derive(Debug, thiserror::Error)]
#[error("the books were not verified within {} s", .0.as_secs())]
struct TooSlow(Duration);

/// Reports a check of all books, and seals the day that is due. Returns the number of violations.
async fn end_of_all(context: &Context, found: &Findings, now: Timestamp) -> Result<usize, JobError> {
    context.metrics.books_verified(found.offenders(), context.clock.now().as_second());
    tell(found, "all books");
    seal_if_sealable(context, found, now).await?;
    Ok(found.offenders())
}

/// Logs the violations, a sentence each.
fn tell(found: &Findings, checked: &'static str) {
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
    use super::{HOUR_SECONDS, Verifier, days_to_seal, hours_before, is_time_of_all, turn_at};
    use evens_ledger::Digest;
    use evens_records::{DaySeal, SealedDays, SealedParts};
    use std::time::Duration;

    #[test]
    fn a_run_on_one_box_may_take_most_of_the_time_until_the_next_one() {
        let between = Duration::from_secs(HOUR_SECONDS.unsigned_abs());
        let (on_lambda, on_one_box) = (Verifier::beside_others().time_max, Verifier::on_one_box().time_max);
        assert!(on_lambda < on_one_box && on_one_box < between, "{on_one_box:?}");
    }

    #[test]
    fn consecutive_days_have_consecutive_turns() {
        let turn = |text: &str| turn_at(text.parse().expect("a time"));
        let first = turn("2026-11-21T02:59:59Z");
        assert_eq!(turn("2026-11-21T00:00:00Z"), first);
        assert_eq!(turn("2026-11-22T02:00:00Z"), first + 1);
    }

    #[test]
    fn each_day_has_a_run_of_all_books() {
        let is_time = |text: &str| is_time_of_all(format!("2026-11-21T{text}Z").parse().expect("a time"));
        let table = [
            ("01:59:59", false),
            ("02:00:00", true),
            ("02:59:59", true),
            // The run before was at 01:59:59.
            ("03:00:01", true),
            ("03:02:00", false),
            ("23:59:59", false),
        ];
        for (now, expected) in table {
            assert_eq!(is_time(now), expected, "{now}");
        }
    }

    #[test]
    fn the_movements_of_three_hours_and_the_current_one_are_checked() {
        let before = |text: &str| hours_before(text.parse().expect("a time")).to_string();
        assert_eq!(before("2026-11-21T03:59:59Z"), "2026-11-21T00:00:00Z");
        assert_eq!(before("2026-11-21T00:00:00Z"), "2026-11-20T21:00:00Z");
    }

    #[test]
    fn a_day_is_sealed_by_its_marks_if_the_two_seals_before_it_tell_that_they_are_complete() {
        let seal = |last: &str, after: Option<&str>| DaySeal {
            days: SealedDays { last: last.parse().unwrap(), after: after.map(|day| day.parse().unwrap()) },
            previous: Digest::ZERO,
            parts: SealedParts {
                wallets: Digest::ZERO,
                accounts: Digest::ZERO,
                transfers: Digest::ZERO,
                audit_log: Digest::ZERO,
            },
        };
        let first = seal("2026-11-18", None);
        let second = seal("2026-11-19", Some("2026-11-18"));
        let third = seal("2026-11-20", Some("2026-11-19"));
        let day = Some("2026-11-21");
        #[rustfmt::skip]
        let table = [
            (vec![],                              "2026-11-22T04:00:00Z", None),
            (vec![third.clone()],                 "2026-11-22T04:00:00Z", None),
            (vec![second.clone(), first],         "2026-11-21T04:00:00Z", None),
            // The check of all books may still seal the day.
            (vec![third.clone(), second.clone()], "2026-11-22T03:01:59Z", None),
            (vec![third.clone(), second.clone()], "2026-11-22T03:02:00Z", day),
            // The marks of its beginning are gone.
            (vec![third, second],                 "2026-12-30T00:00:00Z", None),
        ];
        for (seals, now, expected) in table {
            let found = days_to_seal(&seals, now.parse().unwrap());
            let expected = expected.map(|last| SealedDays {
                last: last.parse().unwrap(),
                after: Some("2026-11-20".parse().unwrap()),
            });
            assert_eq!(found, expected, "{now}");
        }
    }
}
