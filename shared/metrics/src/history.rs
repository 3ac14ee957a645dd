//! [`History`]: the traffic of a process minute by minute, for the last 24 hours.
//!
//! A host samples the counters every few seconds ([`Metrics::sample_traffic`]). Differences between two samples are the
//! traffic between them. Everything is derived from the counters that `GET /metrics` shows, so both say the same.
//!
//! Architecture invariant: the memory is bounded by [`MINUTES_MAX`] and [`SAMPLES_MAX`].

use crate::metric::decimal;
use crate::{JobCounts, Kind, Metric, Metrics, Unit};
use evens_contracts::{Method, Queue, ROUTES, Route};
use evens_ledger::EntryKind;
use std::collections::VecDeque;
use std::sync::{MutexGuard, PoisonError};

/// 24 hours.
pub const MINUTES_MAX: usize = 24 * 60;

/// Samples of the last minute, taken at least a second apart.
const SAMPLES_MAX: usize = 64;

const MINUTE_MS: i64 = 60_000;

/// The functions whose accepted requests place bets.
const BET_FUNCTIONS: [&str; 2] = ["place-bet", "place-game-bet"];

/// Counts since the start of the process, or of a part of that time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Accepted bets, those on house games included.
    pub bets: u64,
    /// Decided matches.
    pub matches: u64,
    /// Answered requests.
    pub requests: u64,
    /// Requests that were answered with a status of 500 or above.
    pub errors: u64,
    pub money: MoneyMoved,
    /// Ended jobs of each queue.
    pub jobs: QueueJobs,
    /// Requests by duration: up to each bound of the metric, and above the last one.
    durations: Vec<u64>,
}

/// Ended jobs of each queue, in the order of [`Queue::ALL`].
pub type QueueJobs = [JobCounts; Queue::ALL.len()];

/// Money posted to wallets by entry type, in units of the last of 8 decimals.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MoneyMoved {
    pub debit: i128,
    pub credit: i128,
    pub refund: i128,
    pub payout: i128,
}

/// The traffic between two moments, in milliseconds since 1970.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrafficSpan {
    pub from_ms: i64,
    pub to_ms: i64,
    pub traffic: Traffic,
}

/// The traffic of a process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrafficReport {
    /// Since the first sample.
    pub total: TrafficSpan,
    /// The last minute, or less shortly after the start.
    pub last_minute: TrafficSpan,
}

#[derive(Debug, Default)]
pub(crate) struct History {
    /// The first sample.
    begin: Option<Sample>,
    /// The newest samples, up to the first one that is at least a minute older than the last.
    samples: VecDeque<Sample>,
    /// The start of the current minute.
    minute_begin: Sample,
    minutes: VecDeque<TrafficSpan>,
}

#[derive(Debug, Clone, Default)]
struct Sample {
    at_ms: i64,
    traffic: Traffic,
}

impl Traffic {
    /// The duration in microseconds within which this share of requests was answered. Estimated from the counts by
    /// duration, as `histogram_quantile` of Prometheus does. `None` without requests.
    pub fn quantile(&self, percent: u64) -> Option<u64> {
        let Kind::Histogram(bounds) = Metric::HttpRequestDuration.definition().kind else { return None };
        let count: u64 = self.durations.iter().sum();
        let rank = u128::from(count) * u128::from(percent);
        let (mut below, mut lower) = (0_u128, 0_u128);
        for (in_bucket, bound) in self.durations.iter().zip(bounds) {
            let (in_bucket, upper) = (u128::from(*in_bucket) * 100, bound.unsigned_abs());
            if in_bucket > 0 && below + in_bucket >= rank {
                let inside = (upper - lower) * (rank - below) / in_bucket;
                return u64::try_from(lower + inside).ok();
            }
            below += in_bucket;
            lower = upper;
        }
        (count > 0).then(|| u64::try_from(lower).unwrap_or(u64::MAX))
    }

    fn since(&self, earlier: &Self) -> Self {
        let durations = self.durations.iter().enumerate();
        let before = |index: usize| earlier.durations.get(index).copied().unwrap_or_default();
        Self {
            bets: self.bets.saturating_sub(earlier.bets),
            matches: self.matches.saturating_sub(earlier.matches),
            requests: self.requests.saturating_sub(earlier.requests),
            errors: self.errors.saturating_sub(earlier.errors),
            money: MoneyMoved {
                debit: self.money.debit - earlier.money.debit,
                credit: self.money.credit - earlier.money.credit,
                refund: self.money.refund - earlier.money.refund,
                payout: self.money.payout - earlier.money.payout,
            },
            jobs: std::array::from_fn(|queue| self.jobs[queue].since(earlier.jobs[queue])),
            durations: durations.map(|(index, count)| count.saturating_sub(before(index))).collect(),
        }
    }
}

impl Sample {
    fn until(&self, later: &Self) -> TrafficSpan {
        TrafficSpan { from_ms: self.at_ms, to_ms: later.at_ms, traffic: later.traffic.since(&self.traffic) }
    }
}

impl History {
    fn add(&mut self, sample: Sample) {
        if self.begin.is_none() {
            self.minute_begin = sample.clone();
            self.begin = Some(sample.clone());
        }
        if sample.at_ms.div_euclid(MINUTE_MS) > self.minute_begin.at_ms.div_euclid(MINUTE_MS) {
            self.minutes.push_back(self.minute_begin.until(&sample));
            self.minute_begin = sample.clone();
        }
        while self.minutes.len() > MINUTES_MAX {
            self.minutes.pop_front();
        }
        let is_old =
            |second: Option<&Sample>| second.is_some_and(|old| old.at_ms + MINUTE_MS <= sample.at_ms);
        while is_old(self.samples.get(1)) || self.samples.len() >= SAMPLES_MAX {
            self.samples.pop_front();
        }
        self.samples.push_back(sample);
    }
}

impl Metrics {
    /// Records the current counts. The first call starts the history.
    pub fn sample_traffic(&self, now_ms: i64) {
        let sample = Sample { at_ms: now_ms, traffic: self.traffic() };
        self.history().add(sample);
    }

    /// The traffic until now. `None` if this process has no history, as on Lambda.
    pub fn traffic_report(&self, now_ms: i64) -> Option<TrafficReport> {
        let now = Sample { at_ms: now_ms, traffic: self.traffic() };
        let history = self.history();
        let begin = history.begin.as_ref()?;
        let minute_ago = history.samples.front().unwrap_or(begin);
        // The counters start with the process, shortly before the first sample.
        let total = TrafficSpan { traffic: now.traffic.clone(), ..begin.until(&now) };
        Some(TrafficReport { total, last_minute: minute_ago.until(&now) })
    }

    /// The complete minutes of the last 24 hours, the earliest first. `None` if this process has no history.
    pub fn traffic_minutes(&self) -> Option<Vec<TrafficSpan>> {
        let history = self.history();
        history.begin.as_ref()?;
        Some(history.minutes.iter().cloned().collect())
    }

    fn traffic(&self) -> Traffic {
        let requests = |counts: fn(&[&'static str; 3]) -> bool| -> u64 {
            let series = self.series(Metric::HttpRequests);
            count_of(series.iter().filter(|(labels, _)| counts(labels)).map(|(_, series)| series.value).sum())
        };
        let matches: i128 = self.series(Metric::Draws).values().map(|series| series.value).sum();
        let mut durations = Vec::new();
        for series in self.series(Metric::HttpRequestDuration).values() {
            durations.resize(durations.len().max(series.buckets.len()), 0);
            for (sum, count) in durations.iter_mut().zip(&series.buckets) {
                *sum += count;
            }
        }
        Traffic {
            bets: requests(places_bet),
            matches: count_of(matches),
            requests: requests(|_| true),
            errors: requests(|[_, _, status]| status.starts_with('5')),
            money: MoneyMoved {
                debit: self.sum(Metric::MoneyMoved, EntryKind::Debit.as_str()),
                credit: self.sum(Metric::MoneyMoved, EntryKind::Credit.as_str()),
                refund: self.sum(Metric::MoneyMoved, EntryKind::Refund.as_str()),
                payout: self.sum(Metric::MoneyMoved, EntryKind::Payout.as_str()),
            },
            jobs: Queue::ALL.map(|queue| self.jobs(queue)),
            durations,
        }
    }

    fn history(&self) -> MutexGuard<'_, History> {
        // A panic under the lock can only leave a number that is wrong by one.
        self.0.history.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An amount in units of the last of 8 decimals, as exact decimal text.
pub fn money_text(units: i128) -> String {
    decimal(units, Unit::Money.decimals())
}

fn count_of(value: i128) -> u64 {
    u64::try_from(value).unwrap_or_default()
}

/// True for a series of answered requests that counts accepted bets.
fn places_bet([method, path, status]: &[&'static str; 3]) -> bool {
    let is_bet = |route: &Route| {
        route.method == Method::Post && BET_FUNCTIONS.contains(&route.function) && route.path == *path
    };
    *method == Method::Post.as_str() && status.starts_with('2') && ROUTES.iter().any(is_bet)
}
