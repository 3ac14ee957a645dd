//! The methods that record metrics. Each belongs to one line of the table, and is named after the event.

use crate::{Metric, Metrics};
use evens_contracts::{Queue, Route};
use evens_ledger::{Amount, BalanceKind, EntryKind};
use std::time::Duration;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobStatus {
    /// Done, now or earlier.
    Completed,
    /// Moved to the dead-letter queue.
    Failed,
}

impl JobStatus {
    fn as_str(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Failed => "failed",
        }
    }
}

/// The number of ended jobs of a queue in this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct JobCounts {
    pub completed: u64,
    /// Moved to the dead-letter queue.
    pub failed: u64,
}

impl JobCounts {
    pub(crate) fn since(self, earlier: Self) -> Self {
        Self {
            completed: self.completed.saturating_sub(earlier.completed),
            failed: self.failed.saturating_sub(earlier.failed),
        }
    }
}

/// The subject of a write that lost to another one. The four kinds are those of the old system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConflictKind {
    /// A new player, or an account.
    Registration,
    /// A deposit or a withdrawal.
    Withdrawal,
    /// The placing of a bet.
    Betting,
    /// Jobs on bets: matching, drawing, settling, refunding.
    QueueProcessing,
}

impl ConflictKind {
    pub const ALL: [Self; 4] = [Self::Registration, Self::Withdrawal, Self::Betting, Self::QueueProcessing];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Registration => "registration",
            Self::Withdrawal => "withdrawal",
            Self::Betting => "betting",
            Self::QueueProcessing => "queueProcessing",
        }
    }
}

/// The result of an operation on a jackpot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JackpotOutcome {
    Done,
    Refused,
    /// Sent to the queue for later.
    HandedOver,
    Failed,
}

impl JackpotOutcome {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
            Self::HandedOver => "handedOver",
            Self::Failed => "failed",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cache {
    PlayStatistics,
    RoomResults,
    /// The seed hashes of the next periods of rooms.
    SeedHashes,
    Exposures,
}

impl Cache {
    pub const ALL: [Self; 4] = [Self::PlayStatistics, Self::RoomResults, Self::SeedHashes, Self::Exposures];

    fn as_str(self) -> &'static str {
        match self {
            Self::PlayStatistics => "play-statistics",
            Self::RoomResults => "room-results",
            Self::SeedHashes => "seed-hashes",
            Self::Exposures => "exposures",
        }
    }
}

/// The approximate content of a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct QueueState {
    /// Messages that can be received.
    pub waiting: u64,
    /// Messages that were received and not deleted.
    pub in_flight: u64,
    pub dead_letters: u64,
}

impl Metrics {
    /// The label for requests without a known route.
    const UNKNOWN_ROUTE: &'static str = "unknown";

    pub fn job_ended(&self, queue: Queue, status: JobStatus) {
        self.add(Metric::Jobs, &[queue.name(), status.as_str()], 1);
    }

    /// The number of ended jobs of a queue.
    pub fn jobs(&self, queue: Queue) -> JobCounts {
        let all = self.series(Metric::Jobs);
        let of = |status: JobStatus| {
            let labels = [queue.name(), status.as_str(), ""];
            all.get(&labels).map_or(0, |series| u64::try_from(series.value).unwrap_or(0))
        };
        JobCounts { completed: of(JobStatus::Completed), failed: of(JobStatus::Failed) }
    }

    pub fn job_retried(&self, queue: Queue) {
        self.add(Metric::JobRetries, &[queue.name()], 1);
    }

    pub fn job_took(&self, queue: Queue, duration: Duration) {
        self.observe(Metric::JobDuration, &[queue.name()], microseconds(duration));
    }

    /// Records the time that a job waited until its first attempt.
    pub fn job_waited(&self, queue: Queue, duration: Duration) {
        self.observe(Metric::JobWait, &[queue.name()], microseconds(duration));
    }

    pub fn queue_holds(&self, queue: Queue, state: QueueState) {
        let queue = &[queue.name()];
        self.set(Metric::QueueWaiting, queue, state.waiting.into());
        self.set(Metric::QueueInFlight, queue, state.in_flight.into());
        self.set(Metric::DeadLetters, queue, state.dead_letters.into());
    }

    /// Updates the age of the oldest job received from a queue since the last call. Does nothing if this process never
    /// received from it, because other processes report it.
    pub fn update_oldest_age(&self, queue: Queue) {
        let labels = [queue.name(), "", ""];
        let peak =
            self.series(Metric::JobWait).get_mut(&labels).map(|series| std::mem::take(&mut series.peak));
        if let Some(peak) = peak {
            self.set(Metric::QueueOldestAge, &[queue.name()], peak);
        }
    }

    /// Records a conflict between writes. Returns the number of conflicts of this kind in this process.
    pub fn conflicted(&self, kind: ConflictKind, operation: &'static str) -> i128 {
        self.add(Metric::Conflicts, &[kind.as_str(), operation], 1);
        self.sum(Metric::Conflicts, kind.as_str())
    }

    pub fn store_retried(&self, cause: &'static str, operation: &'static str) {
        self.add(Metric::StoreRetries, &[cause, operation], 1);
    }

    /// Records an operation that has an answer after a retry.
    pub fn store_recovered(&self, operation: &'static str) {
        self.add(Metric::StoreRecoveries, &[operation], 1);
    }

    /// Records an operation on a jackpot with its result and duration.
    pub fn jackpot_done(
        &self,
        operation: &'static str,
        group: &'static str,
        outcome: JackpotOutcome,
        duration: Duration,
    ) {
        self.add(Metric::JackpotOperations, &[operation, group, outcome.as_str()], 1);
        self.observe(Metric::JackpotOperationDuration, &[operation], microseconds(duration));
    }

    /// Records that an operation found a jackpot reserved or changed by another one.
    pub fn jackpot_conflicted(&self, operation: &'static str, group: &'static str) {
        self.add(Metric::JackpotConflicts, &[operation, group], 1);
    }

    /// Records a failed attempt of an operation on a jackpot.
    pub fn jackpot_retried(&self, operation: &'static str, group: &'static str) {
        self.add(Metric::JackpotRetries, &[operation, group], 1);
    }

    /// Records the time for which a win reserved its jackpot.
    pub fn jackpot_held(&self, group: &'static str, duration: Duration) {
        self.observe(Metric::JackpotHeld, &[group], microseconds(duration));
    }

    /// Records a call to DynamoDB, with or without an answer.
    pub fn table_answered(&self, operation: &'static str, duration: Duration) {
        self.observe(Metric::TableRequestDuration, &[operation], microseconds(duration));
    }

    /// Records the fixed outcome of a match by its winning side.
    pub fn drawn(&self, winner: &'static str) {
        self.add(Metric::Draws, &[winner], 1);
    }

    pub fn money_moved(&self, kind: EntryKind, balance_kind: BalanceKind, amount: Amount) {
        self.add(Metric::MoneyMoved, &[kind.as_str(), balance_kind.as_str()], amount.units());
    }

    /// Zero if no bet is unmatched.
    pub fn oldest_open_bet(&self, age: Duration) {
        self.set(Metric::OldestOpenBetAge, &[], age.as_secs().into());
    }

    /// Zero if the sweep found no unsettled match.
    pub fn oldest_unsettled_match(&self, age: Duration) {
        self.set(Metric::OldestUnsettledMatchAge, &[], age.as_secs().into());
    }

    /// Zero if no withdrawal waits for a cashier.
    pub fn oldest_held_withdrawal(&self, age: Duration) {
        self.set(Metric::OldestHeldWithdrawalAge, &[], age.as_secs().into());
    }

    /// Zero if no withdrawal is being sent.
    pub fn oldest_unsent_withdrawal(&self, age: Duration) {
        self.set(Metric::OldestUnsentWithdrawalAge, &[], age.as_secs().into());
    }

    /// Zero if there is no such money.
    pub fn oldest_unclaimed_deposit(&self, age: Duration) {
        self.set(Metric::OldestUnclaimedDepositAge, &[], age.as_secs().into());
    }

    /// Zero if there is no undrawn period.
    pub fn oldest_undrawn_period(&self, age: Duration) {
        self.set(Metric::OldestUndrawnPeriodAge, &[], age.as_secs().into());
    }

    /// Zero if there is no unpaid win.
    pub fn oldest_jackpot_win(&self, age: Duration) {
        self.set(Metric::OldestJackpotWinAge, &[], age.as_secs().into());
    }

    /// Zero if nothing of this kind is unfinished.
    pub fn oldest_unfinished(&self, kind: &'static str, age: Duration) {
        self.set(Metric::OldestUnfinishedAge, &[kind], age.as_secs().into());
    }

    /// The amount is that of one side of the matches.
    pub fn overdue_matched(&self, amount: Amount) {
        self.set(Metric::OverdueMatched, &[], amount.units());
    }

    /// Records the number of jobs that a sweep sent again for unfinished items of this kind.
    pub fn swept(&self, kind: &'static str, count: usize) {
        self.add(Metric::SweeperFinds, &[kind], i128::try_from(count).unwrap_or(i128::MAX));
    }

    /// Records the number of differences of this kind in a provider's day.
    pub fn differences(&self, kind: &'static str, count: u64) {
        self.add(Metric::ReconciliationDifferences, &[kind], count.into());
    }

    /// Records an audit of recent movements. `second` is its time in seconds since 1970.
    pub fn movements_verified(&self, violations: usize, second: i64) {
        self.set(Metric::MovementsViolations, &[], i128::try_from(violations).unwrap_or(i128::MAX));
        self.set(Metric::MovementsVerifiedAt, &[], second.into());
    }

    /// Records an audit of all books. `second` is its time in seconds since 1970.
    pub fn books_verified(&self, violations: u64, second: i64) {
        self.history_verified(violations, Some(second));
    }

    /// Records a step of the audit of the history, with the violations of all books. If no other audit reads these
    /// books, `second` is its time in seconds since 1970.
    pub fn history_verified(&self, violations: u64, second: Option<i64>) {
        self.set(Metric::BooksViolations, &[], violations.into());
        if let Some(second) = second {
            self.set(Metric::BooksVerifiedAt, &[], second.into());
        }
    }

    /// Records a response. An unknown route is recorded as unknown, without its path.
    pub fn answered(&self, route: Option<&'static Route>, status: u16, duration: Duration, is_slow: bool) {
        let (method, path) = route
            .map_or((Self::UNKNOWN_ROUTE, Self::UNKNOWN_ROUTE), |route| (route.method.as_str(), route.path));
        self.add(Metric::HttpRequests, &[method, path, status_text(status)], 1);
        self.observe(Metric::HttpRequestDuration, &[method, path], microseconds(duration));
        if is_slow {
            self.add(Metric::SlowRequests, &[method, path], 1);
        }
    }

    /// Records a use of a budget. It is a hit if the process had leased it, and a miss if it had to ask the table.
    pub fn budget_looked_up(&self, is_hit: bool) {
        self.add(Metric::BudgetLookups, &[if is_hit { "hit" } else { "miss" }], 1);
    }

    /// Records a cache lookup. It is a miss if the table had to be read.
    pub fn cache_looked_up(&self, cache: Cache, is_hit: bool) {
        self.add(Metric::CacheLookups, &[cache.as_str(), if is_hit { "hit" } else { "miss" }], 1);
    }

    /// In bytes. `limit` is `None` if the memory is unlimited.
    pub fn memory(&self, resident: u64, limit: Option<u64>) {
        self.set(Metric::ResidentMemory, &[], resident.into());
        if let Some(limit) = limit {
            self.set(Metric::MemoryUsed, &[], i128::from(resident) * 100 / i128::from(limit.max(1)));
        }
    }
}

fn microseconds(duration: Duration) -> i128 {
    i128::try_from(duration.as_micros()).unwrap_or(i128::MAX)
}

/// The statuses that the API uses, and the class of all others.
fn status_text(status: u16) -> &'static str {
    match status {
        200 => "200",
        201 => "201",
        202 => "202",
        204 => "204",
        400 => "400",
        401 => "401",
        403 => "403",
        404 => "404",
        405 => "405",
        408 => "408",
        409 => "409",
        413 => "413",
        415 => "415",
        422 => "422",
        429 => "429",
        500 => "500",
        503 => "503",
        other => match other / 100 {
            1 => "1xx",
            2 => "2xx",
            3 => "3xx",
            4 => "4xx",
            _ => "5xx",
        },
    }
}
