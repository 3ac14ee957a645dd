//! What happens, in the words of whoever sees it: each method is one line of the table in the words of its caller.

use crate::{Metric, Metrics};
use evens_contracts::{Queue, Route};
use evens_ledger::{Amount, BalanceKind, EntryKind};
use std::time::Duration;

/// How a job ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobStatus {
    /// It was done, now or before.
    Completed,
    /// It was given up.
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

/// How many jobs of a queue came to an end in this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct JobCounts {
    /// Those that were done.
    pub completed: u64,
    /// Those that were given up.
    pub failed: u64,
}

/// What a write was about that another one was faster than: the four kinds of the old system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConflictKind {
    /// A new player, or an account.
    Registration,
    /// Money that comes from outside or goes there.
    Withdrawal,
    /// A bet that is placed.
    Betting,
    /// What the queues do with bets: joining, drawing, settling, refunding.
    QueueProcessing,
}

impl ConflictKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Registration, Self::Withdrawal, Self::Betting, Self::QueueProcessing];

    /// The label.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Registration => "registration",
            Self::Withdrawal => "withdrawal",
            Self::Betting => "betting",
            Self::QueueProcessing => "queueProcessing",
        }
    }
}

/// What came of an operation of a jackpot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JackpotOutcome {
    /// It was done, now or before.
    Done,
    /// A rule refused it.
    Refused,
    /// It went to the queue, to be done later.
    HandedOver,
    /// It failed.
    Failed,
}

impl JackpotOutcome {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
            Self::HandedOver => "handedOver",
            Self::Failed => "failed",
        }
    }
}

/// What a process remembers of what it has read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cache {
    /// What players' bets on games came to.
    PlayStatistics,
    /// The newest results of rooms.
    RoomResults,
    /// The hashes of seeds of rooms' next periods.
    SeedHashes,
    /// What periods may cost the house.
    Exposures,
}

impl Cache {
    /// Every one.
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

/// Why an attempt at the table is made again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryCause {
    /// Another write was faster.
    Conflict,
    /// The table was overloaded.
    Throttled,
    /// The table did not answer.
    Unavailable,
}

impl RetryCause {
    fn as_str(self) -> &'static str {
        match self {
            Self::Conflict => "conflict",
            Self::Throttled => "throttled",
            Self::Unavailable => "unavailable",
        }
    }
}

/// What stands in a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct QueueState {
    /// Messages that may be received.
    pub waiting: u64,
    /// Messages that were received and are not deleted.
    pub in_flight: u64,
    /// Records in the dead-letter queue.
    pub dead_letters: u64,
}

impl Metrics {
    /// The label of what no route has.
    const UNKNOWN_ROUTE: &'static str = "unknown";

    /// A job came to an end.
    pub fn job_ended(&self, queue: Queue, status: JobStatus) {
        self.add(Metric::Jobs, &[queue.name(), status.as_str()], 1);
    }

    /// How many jobs of a queue came to an end.
    pub fn jobs(&self, queue: Queue) -> JobCounts {
        let all = self.series(Metric::Jobs);
        let of = |status: JobStatus| {
            let labels = [queue.name(), status.as_str(), ""];
            all.get(&labels).map_or(0, |series| u64::try_from(series.value).unwrap_or(0))
        };
        JobCounts { completed: of(JobStatus::Completed), failed: of(JobStatus::Failed) }
    }

    /// An attempt at a job failed, and another one is made.
    pub fn job_retried(&self, queue: Queue) {
        self.add(Metric::JobRetries, &[queue.name()], 1);
    }

    /// An attempt at a job took so long.
    pub fn job_took(&self, queue: Queue, duration: Duration) {
        self.observe(Metric::JobDuration, &[queue.name()], microseconds(duration));
    }

    /// A job had waited so long when its first attempt began.
    pub fn job_waited(&self, queue: Queue, duration: Duration) {
        self.observe(Metric::JobWait, &[queue.name()], microseconds(duration));
    }

    /// What stands in a queue now.
    pub fn queue_holds(&self, queue: Queue, state: QueueState) {
        let queue = &[queue.name()];
        self.set(Metric::QueueWaiting, queue, state.waiting.into());
        self.set(Metric::QueueInFlight, queue, state.in_flight.into());
        self.set(Metric::DeadLetters, queue, state.dead_letters.into());
    }

    /// Sets the age of the oldest job that was received from a queue since the last call. Where the process never
    /// received from it, nothing is told: others know.
    pub fn look_at_waits(&self, queue: Queue) {
        let labels = [queue.name(), "", ""];
        let peak =
            self.series(Metric::JobWait).get_mut(&labels).map(|series| std::mem::take(&mut series.peak));
        if let Some(peak) = peak {
            self.set(Metric::QueueOldestAge, &[queue.name()], peak);
        }
    }

    /// A write met another one; returns how many of that kind did so in this process.
    pub fn conflicted(&self, kind: ConflictKind, operation: &'static str) -> i128 {
        self.add(Metric::Conflicts, &[kind.as_str(), operation], 1);
        self.sum(Metric::Conflicts, kind.as_str())
    }

    /// An attempt at the table is made again.
    pub fn store_retried(&self, cause: RetryCause, operation: &'static str) {
        self.add(Metric::StoreRetries, &[cause.as_str(), operation], 1);
    }

    /// An operation at the table was tried again and has an answer.
    pub fn store_recovered(&self, operation: &'static str) {
        self.add(Metric::StoreRecoveries, &[operation], 1);
    }

    /// Something was done with a jackpot, or not, after so long.
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

    /// An operation found a jackpot held or changed by another one.
    pub fn jackpot_conflicted(&self, operation: &'static str, group: &'static str) {
        self.add(Metric::JackpotConflicts, &[operation, group], 1);
    }

    /// An attempt of an operation of a jackpot came to nothing.
    pub fn jackpot_retried(&self, operation: &'static str, group: &'static str) {
        self.add(Metric::JackpotRetries, &[operation, group], 1);
    }

    /// A win held its jackpot for so long.
    pub fn jackpot_held(&self, group: &'static str, duration: Duration) {
        self.observe(Metric::JackpotHeld, &[group], microseconds(duration));
    }

    /// DynamoDB answered a call, or did not, after so long.
    pub fn table_answered(&self, operation: &'static str, duration: Duration) {
        self.observe(Metric::TableRequestDuration, &[operation], microseconds(duration));
    }

    /// The outcome of a match was fixed; the side that won.
    pub fn drawn(&self, winner: &'static str) {
        self.add(Metric::Draws, &[winner], 1);
    }

    /// An entry was made in a ledger.
    pub fn money_moved(&self, kind: EntryKind, balance_kind: BalanceKind, amount: Amount) {
        self.add(Metric::MoneyMoved, &[kind.as_str(), balance_kind.as_str()], amount.units());
    }

    /// How old the oldest bet is that still waits; zero if none does.
    pub fn oldest_open_bet(&self, age: Duration) {
        self.set(Metric::OldestOpenBetAge, &[], age.as_secs().into());
    }

    /// How old the oldest match is that a sweep found unsettled; zero if there was none.
    pub fn oldest_unsettled_match(&self, age: Duration) {
        self.set(Metric::OldestUnsettledMatchAge, &[], age.as_secs().into());
    }

    /// How long the oldest withdrawal has waited for a cashier; zero if none does.
    pub fn oldest_held_withdrawal(&self, age: Duration) {
        self.set(Metric::OldestHeldWithdrawalAge, &[], age.as_secs().into());
    }

    /// How long ago the oldest withdrawal was requested that is on its way; zero if there is none.
    pub fn oldest_unsent_withdrawal(&self, age: Duration) {
        self.set(Metric::OldestUnsentWithdrawalAge, &[], age.as_secs().into());
    }

    /// How long money has waited that came and may not be credited; zero if there is none.
    pub fn oldest_unclaimed_deposit(&self, age: Duration) {
        self.set(Metric::OldestUnclaimedDepositAge, &[], age.as_secs().into());
    }

    /// For how long the oldest period that is not drawn should have been closed; zero if there is none.
    pub fn oldest_undrawn_period(&self, age: Duration) {
        self.set(Metric::OldestUndrawnPeriodAge, &[], age.as_secs().into());
    }

    /// How long the oldest win of a jackpot has waited that is not paid; zero if there is none.
    pub fn oldest_jackpot_win(&self, age: Duration) {
        self.set(Metric::OldestJackpotWinAge, &[], age.as_secs().into());
    }

    /// For how long the oldest thing of that kind has been unfinished; zero if there is none.
    pub fn oldest_unfinished(&self, kind: &'static str, age: Duration) {
        self.set(Metric::OldestUnfinishedAge, &[kind], age.as_secs().into());
    }

    /// How much is matched on each side of rounds that should have had their result by now.
    pub fn overdue_matched(&self, amount: Amount) {
        self.set(Metric::OverdueMatched, &[], amount.units());
    }

    /// A sweep sent so many jobs again, for unfinished things of that kind.
    pub fn swept(&self, kind: &'static str, count: usize) {
        self.add(Metric::SweeperFinds, &[kind], i128::try_from(count).unwrap_or(i128::MAX));
    }

    /// So much differed in that way between a provider's statement of a day and the books.
    pub fn differences(&self, kind: &'static str, count: u64) {
        self.add(Metric::ReconciliationDifferences, &[kind], count.into());
    }

    /// All books were looked at, by that second since 1970, and so much did not hold.
    pub fn books_verified(&self, violations: usize, second: i64) {
        self.set(Metric::BooksViolations, &[], i128::try_from(violations).unwrap_or(i128::MAX));
        self.set(Metric::BooksVerifiedAt, &[], second.into());
    }

    /// A request was answered. Of a route that is in no table nothing is told but that.
    pub fn answered(&self, route: Option<&'static Route>, status: u16, duration: Duration, is_slow: bool) {
        let (method, path) = route
            .map_or((Self::UNKNOWN_ROUTE, Self::UNKNOWN_ROUTE), |route| (route.method.as_str(), route.path));
        self.add(Metric::HttpRequests, &[method, path, status_text(status)], 1);
        self.observe(Metric::HttpRequestDuration, &[method, path], microseconds(duration));
        if is_slow {
            self.add(Metric::SlowRequests, &[method, path], 1);
        }
    }

    /// A request was taken out of a budget, from what the process had leased or by asking the table.
    pub fn budget_looked_up(&self, is_hit: bool) {
        self.add(Metric::BudgetLookups, &[if is_hit { "hit" } else { "miss" }], 1);
    }

    /// Somebody looked into what the process remembers, and found it, or had the table asked.
    pub fn cache_looked_up(&self, cache: Cache, is_hit: bool) {
        self.add(Metric::CacheLookups, &[cache.as_str(), if is_hit { "hit" } else { "miss" }], 1);
    }

    /// How much memory the process holds, and how much it may have, if there is a limit; in bytes.
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

/// The statuses that the API answers with, and the class of any other.
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
