//! [`Metric`]: the table of metrics.

use strum::VariantArray;

/// A metric. [`Metric::definition`] describes each of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, VariantArray)]
pub enum Metric {
    Jobs,
    JobRetries,
    JobDuration,
    JobWait,
    QueueWaiting,
    QueueInFlight,
    QueueOldestAge,
    DeadLetters,
    Conflicts,
    StoreRetries,
    StoreRecoveries,
    TableRequestDuration,
    Draws,
    MoneyMoved,
    JackpotOperations,
    JackpotOperationDuration,
    JackpotConflicts,
    JackpotRetries,
    JackpotHeld,
    OldestOpenBetAge,
    OldestUnsettledMatchAge,
    OldestHeldWithdrawalAge,
    OldestUnsentWithdrawalAge,
    OldestUnclaimedDepositAge,
    OldestUndrawnPeriodAge,
    OldestJackpotWinAge,
    OldestUnfinishedAge,
    OverdueMatched,
    SweeperFinds,
    ReconciliationDifferences,
    BooksViolations,
    BooksVerifiedAt,
    MovementsViolations,
    MovementsVerifiedAt,
    HttpRequests,
    HttpRequestDuration,
    SlowRequests,
    BudgetLookups,
    CacheLookups,
    Sockets,
    SocketRooms,
    SocketsRefused,
    SocketsEnded,
    LiveFrames,
    LiveConflated,
    LiveUnreadable,
    ResidentMemory,
    MemoryUsed,
}

/// The name, meaning and labels of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Definition {
    /// The name in both formats.
    pub name: &'static str,
    /// A sentence without its full stop.
    pub help: &'static str,
    /// The way in which values are combined.
    pub kind: Kind,
    pub unit: Unit,
    /// The labels of a series. Each has a few known values.
    pub labels: &'static [&'static str],
    /// The labels that are also dimensions in `CloudWatch`, where every combination costs money; `function` is the
    /// function's name. Other labels can be searched for in the log. `None` if the metric is not sent, because AWS
    /// measures it itself or only a box has it.
    pub dimensions: Option<&'static [&'static str]>,
}

/// The way in which values of a metric are combined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Counter,
    Gauge,
    /// Values are counted by size, up to each of these bounds in the smallest part of the unit.
    Histogram(&'static [i128]),
}

/// The unit of a metric, and the part of it in which values are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    Count,
    /// A duration in microseconds. Written in seconds, and for `CloudWatch` in milliseconds.
    Duration,
    /// A time in whole seconds.
    Seconds,
    /// An amount in units of the last of its 8 decimals.
    Money,
    Bytes,
    /// Whole percent.
    Percent,
}

/// From 1 ms to 10 s. The targets for a request are 100, 200 and 500 ms, and a slow one takes more than 1 s.
const DURATIONS: Kind = Kind::Histogram(&[
    1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 2_500_000, 5_000_000,
    10_000_000,
]);

/// From 10 ms to 5 min. A backlog is over 30 s, and an unmatched bet is refunded after 5 min.
const WAITS: Kind = Kind::Histogram(&[
    10_000,
    50_000,
    100_000,
    500_000,
    1_000_000,
    5_000_000,
    10_000_000,
    30_000_000,
    60_000_000,
    300_000_000,
]);

impl Metric {
    /// All metrics, in the order in which they are written.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    #[rustfmt::skip]
    pub const fn definition(self) -> Definition {
        use Kind::{Counter, Gauge};
        const fn row(
            name: &'static str, kind: Kind, unit: Unit,
            labels: &'static [&'static str], dimensions: &'static [&'static str], help: &'static str,
        ) -> Definition {
            Definition { name, help, kind, unit, labels, dimensions: Some(dimensions) }
        }
        /// A count of the live channel, which only a box has.
        const fn of_sockets(
            name: &'static str, kind: Kind, labels: &'static [&'static str], help: &'static str,
        ) -> Definition {
            Definition { name, help, kind, unit: Unit::Count, labels, dimensions: None }
        }
        match self {
            // The name in the old system, for existing dashboards.
            Self::Jobs => row("bullmq_jobs_total", Counter, Unit::Count, &["queue", "status"], &["queue", "status"], "Total number of jobs processed"),
            Self::JobRetries => row("evens_job_retries_total", Counter, Unit::Count, &["queue"], &["queue"], "Failed attempts at jobs that are retried"),
            Self::JobDuration => row("evens_job_duration_seconds", DURATIONS, Unit::Duration, &["queue"], &["queue"], "Duration of an attempt at a job"),
            Self::JobWait => row("evens_job_wait_seconds", WAITS, Unit::Duration, &["queue"], &["queue"], "Time from sending a job to its first attempt"),
            Self::QueueWaiting => row("evens_queue_waiting", Gauge, Unit::Count, &["queue"], &["queue"], "Approximate number of jobs waiting to be received"),
            Self::QueueInFlight => row("evens_queue_in_flight", Gauge, Unit::Count, &["queue"], &["queue"], "Approximate number of jobs in progress or waiting for a retry"),
            Self::QueueOldestAge => row("evens_queue_oldest_age_seconds", Gauge, Unit::Duration, &["queue"], &["queue"], "Age of the oldest job received since the last sample of the queue; one box only"),
            Self::DeadLetters => row("evens_dead_letters", Gauge, Unit::Count, &["queue"], &["queue"], "Approximate number of jobs in the dead-letter queue"),
            Self::Conflicts => row("evens_conflicts_total", Counter, Unit::Count, &["kind", "operation"], &["kind"], "Writes that conflicted with another write; each is retried"),
            Self::StoreRetries => row("evens_store_retries_total", Counter, Unit::Count, &["cause", "operation"], &["cause"], "Attempts of table operations that are retried"),
            Self::StoreRecoveries => row("evens_store_recoveries_total", Counter, Unit::Count, &["operation"], &["operation"], "Table operations that got an answer after retries"),
            Self::TableRequestDuration => Definition {
                dimensions: None,
                ..row("evens_table_request_duration_seconds", DURATIONS, Unit::Duration, &["operation"], &[], "Duration of a DynamoDB call, including the SDK's own retries")
            },
            Self::Draws => row("evens_draws_total", Counter, Unit::Count, &["winner"], &["winner"], "Decided matches, by winning side"),
            Self::MoneyMoved => row("evens_money_moved_total", Counter, Unit::Money, &["type", "purse"], &["type", "purse"], "Money posted to wallets, by entry type"),
            Self::JackpotOperations => row("evens_jackpot_operations_total", Counter, Unit::Count, &["operation", "group", "outcome"], &["operation", "group", "outcome"], "Jackpot operations, by outcome"),
            Self::JackpotOperationDuration => row("evens_jackpot_operation_duration_seconds", DURATIONS, Unit::Duration, &["operation"], &["operation"], "Duration of a jackpot operation, including retries"),
            Self::JackpotConflicts => row("evens_jackpot_conflicts_total", Counter, Unit::Count, &["operation", "group"], &["operation", "group"], "Conflicts of jackpot operations with another operation, whether or not they succeeded in the end"),
            Self::JackpotRetries => row("evens_jackpot_retries_total", Counter, Unit::Count, &["operation", "group"], &["operation", "group"], "Retries of jackpot operations after a failed attempt"),
            Self::JackpotHeld => row("evens_jackpot_held_seconds", DURATIONS, Unit::Duration, &["group"], &["group"], "Time for which a win held its jackpot, from its first step to the payment"),
            Self::OldestOpenBetAge => row("evens_oldest_open_bet_age_seconds", Gauge, Unit::Seconds, &[], &[], "Age of the oldest bet with an unmatched part"),
            Self::OldestUnsettledMatchAge => row("evens_oldest_unsettled_match_age_seconds", Gauge, Unit::Seconds, &[], &[], "Age of the oldest unsettled match found by the last sweep; zero if none is older than a minute"),
            Self::OldestHeldWithdrawalAge => row("evens_oldest_held_withdrawal_age_seconds", Gauge, Unit::Seconds, &[], &[], "Time for which the oldest held withdrawal has waited for a cashier, or for the next approval"),
            Self::OldestUnsentWithdrawalAge => row("evens_oldest_unsent_withdrawal_age_seconds", Gauge, Unit::Seconds, &[], &[], "Age of the oldest withdrawal that is not held, paid or returned; zero if there is none"),
            Self::OldestUnclaimedDepositAge => row("evens_oldest_unclaimed_deposit_age_seconds", Gauge, Unit::Seconds, &[], &[], "Time since the last action on the deposit whose money has been in suspense for longest; zero if there is none"),
            Self::OldestUndrawnPeriodAge => row("evens_oldest_undrawn_period_age_seconds", Gauge, Unit::Seconds, &[], &[], "Time since the oldest period that is neither drawn nor cancelled should have closed; normally a few seconds"),
            Self::OldestJackpotWinAge => row("evens_oldest_jackpot_win_age_seconds", Gauge, Unit::Seconds, &[], &[], "Age of the oldest jackpot win that was drawn or has begun and is not paid; zero if there is none"),
            Self::OldestUnfinishedAge => row("evens_oldest_unfinished_age_seconds", Gauge, Unit::Seconds, &["kind"], &["kind"], "Age of the oldest unfinished item of each kind that the sweeper checks; for kinds without a metric of their own above, zero if the last sweep left none"),
            Self::OverdueMatched => row("evens_overdue_matched", Gauge, Unit::Money, &[], &[], "Money matched on each side of rounds whose result is overdue"),
            Self::SweeperFinds => row("evens_sweeper_finds_total", Counter, Unit::Count, &["kind"], &["kind"], "Unfinished items found by sweeps, counted at each sweep"),
            Self::ReconciliationDifferences => row("evens_reconciliation_differences_total", Counter, Unit::Count, &["kind"], &["kind"], "Differences between a payment provider's statement of a day and our books"),
            Self::BooksViolations => row("evens_books_violations", Gauge, Unit::Count, &[], &[], "Violations found by the last check of all books and by passes over the history"),
            Self::MovementsViolations => row("evens_movements_violations", Gauge, Unit::Count, &[], &[], "Violations found by the last check of recent movements"),
            Self::MovementsVerifiedAt => row("evens_movements_verified_timestamp_seconds", Gauge, Unit::Seconds, &[], &[], "Time of the last check of recent movements, in seconds since 1970"),
            Self::BooksVerifiedAt => row("evens_books_verified_timestamp_seconds", Gauge, Unit::Seconds, &[], &[], "Time of the last check of all books, or of the last step over the history in its place, in seconds since 1970"),
            Self::HttpRequests => row("evens_http_requests_total", Counter, Unit::Count, &["method", "route", "status"], &["status"], "Answered requests"),
            Self::HttpRequestDuration => row("evens_http_request_duration_seconds", DURATIONS, Unit::Duration, &["method", "route"], &["method", "route"], "Duration of a request"),
            Self::SlowRequests => row("evens_slow_requests_total", Counter, Unit::Count, &["method", "route"], &["method", "route"], "Requests that took longer than a second"),
            Self::BudgetLookups => row("evens_budget_lookups_total", Counter, Unit::Count, &["outcome"], &["outcome"], "Requests charged to a budget: from a lease of the process (hit) or from the table (miss)"),
            Self::CacheLookups => row("evens_cache_lookups_total", Counter, Unit::Count, &["cache", "outcome"], &["cache", "outcome"], "Lookups in the caches of the process: found (hit) or read from the table (miss)"),
            Self::Sockets => of_sockets("evens_sockets", Gauge, &["role"], "Open sockets of the live channel, by the role of their token; none before the first message"),
            Self::SocketRooms => of_sockets("evens_socket_rooms", Gauge, &["room"], "Open sockets in rooms of each kind; a socket counts once for each of its rooms"),
            Self::SocketsRefused => of_sockets("evens_sockets_refused_total", Counter, &["reason"], "Refused connections of the live channel: another origin or version, too many or too frequent of the address, or all sockets taken"),
            Self::SocketsEnded => of_sockets("evens_sockets_ended_total", Counter, &["reason"], "Ended sockets of the live channel, by the reason that the server gave; left if the client ended it"),
            Self::LiveFrames => of_sockets("evens_live_frames_total", Counter, &[], "Frames with events that were sent"),
            Self::LiveConflated => of_sockets("evens_live_conflated_total", Counter, &[], "Older states that were left out, because the client had not read them yet"),
            Self::LiveUnreadable => of_sockets("evens_live_unreadable_total", Counter, &[], "Announcements of other processes that could not be read"),
            Self::ResidentMemory => row("process_resident_memory_bytes", Gauge, Unit::Bytes, &[], &["function"], "Memory used by the process"),
            Self::MemoryUsed => row("evens_memory_used_percent", Gauge, Unit::Percent, &[], &["function"], "Memory used by the process, of its limit"),
        }
    }
}

impl Unit {
    /// The number of decimals in the Prometheus format, where durations are in seconds.
    pub(crate) fn decimals(self) -> usize {
        match self {
            Self::Count | Self::Seconds | Self::Bytes | Self::Percent => 0,
            Self::Duration => 6,
            Self::Money => 8,
        }
    }

    /// The number of decimals for `CloudWatch`, where durations are in milliseconds.
    pub(crate) fn embedded_decimals(self) -> usize {
        match self {
            Self::Duration => 3,
            other => other.decimals(),
        }
    }

    pub fn embedded_name(self) -> &'static str {
        match self {
            Self::Count => "Count",
            Self::Duration => "Milliseconds",
            Self::Seconds => "Seconds",
            Self::Money => "None",
            Self::Bytes => "Bytes",
            Self::Percent => "Percent",
        }
    }
}

/// A value as exact decimal text: `(-150, 2)` is `-1.5`.
pub(crate) fn decimal(value: i128, decimals: usize) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let digits = format!("{:0width$}", value.unsigned_abs(), width = decimals + 1);
    let (whole, fraction) = digits.split_at(digits.len() - decimals);
    match fraction.trim_end_matches('0') {
        "" => format!("{sign}{whole}"),
        fraction => format!("{sign}{whole}.{fraction}"),
    }
}

#[cfg(test)]
mod tests {
    use super::decimal;

    #[test]
    fn decimals_are_exact() {
        #[rustfmt::skip]
        let table = [
            (0,              0, "0"),
            (0,              8, "0"),
            (7,              0, "7"),
            (-150,           2, "-1.5"),
            (1_500,          3, "1.5"),
            (1,              8, "0.00000001"),
            (10_050_000_000, 8, "100.5"),
            (i128::MAX,      8, "1701411834604692317316873037158.84105727"),
        ];
        for (value, decimals, expected) in table {
            assert_eq!(decimal(value, decimals), expected);
        }
    }
}
