//! [`Leftovers`]: the result of one sweep, and its metrics.

use crate::kinds::KINDS;
use crate::sweep::Sweep;
use evens_ledger::Amount;
use evens_metrics::Metrics;
use evens_queues::OutgoingJob;
use evens_runtime::JobError;
use evens_store::{Since, StoreError, UnfinishedWork};
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

/// Younger items still have their own job on the way.
pub(crate) const RECENT: SignedDuration = SignedDuration::from_mins(1);

/// The time ranges of items whose own job is no longer on the way: older ones, and ones from a clock that is ahead.
pub(crate) fn left_behind(now: Timestamp) -> [Since; 2] {
    let ago = now.saturating_sub(RECENT).unwrap_or(Timestamp::MIN);
    let ahead = now.saturating_add(RECENT).unwrap_or(Timestamp::MAX);
    [Since::Before(ago), Since::After(ahead)]
}

/// The items left behind, per kind in the order of [`KINDS`].
#[derive(Debug)]
pub(crate) struct Leftovers {
    pub(crate) swept: [Swept; KINDS.len()],
    /// Money matched in overdue rounds, in units. `None` if some rounds could not be read.
    pub(crate) overdue_units: Option<i128>,
}

impl Default for Leftovers {
    fn default() -> Self {
        Self { swept: KINDS.map(|_| Swept::default()), overdue_units: Some(0) }
    }
}

/// The items of one kind that were left behind.
#[derive(Debug, Default)]
pub(crate) struct Swept {
    /// Number of jobs to send again.
    pub(crate) found: usize,
    /// Start of the oldest unfinished item, as [`UnfinishedWork`] defines it for its kind. For
    /// kinds without a metric of their own it is `None` if nothing was left behind.
    pub(crate) oldest: Option<Timestamp>,
    /// The first error; the sweep of this kind is incomplete.
    pub(crate) failure: Option<JobError>,
}

/// The earlier of two optional times.
pub(crate) fn earlier(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    one.into_iter().chain(other).min()
}

impl Leftovers {
    pub(crate) fn plus(self, other: Self) -> Self {
        let mut others = other.swept.into_iter();
        Self {
            swept: self.swept.map(|swept| swept.plus(others.next().unwrap_or_default())),
            overdue_units: self.overdue_units.zip(other.overdue_units).map(|(one, more)| one + more),
        }
    }

    /// Records the metrics. A gauge of zero is recorded, too, because it shows that all is well.
    pub(crate) fn tell(&self, metrics: &Metrics, now: Timestamp) {
        for (kind, swept) in KINDS.iter().zip(&self.swept) {
            metrics.swept(kind.one, swept.found);
            if let Some(age) = swept.age(now) {
                metrics.oldest_unfinished(kind.one, age);
                if let Some(tell) = kind.tell_oldest {
                    tell(metrics, age);
                }
            }
        }
        if let Some(units) = self.overdue_units {
            metrics.overdue_matched(Amount::from_units(units).unwrap_or_default());
        }
    }

    /// The first failure of any kind.
    pub(crate) fn failure(self) -> Option<JobError> {
        self.swept.into_iter().find_map(|swept| swept.failure)
    }
}

impl Swept {
    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            found: self.found + other.found,
            oldest: earlier(self.oldest, other.oldest),
            failure: self.failure.or(other.failure),
        }
    }

    /// Adds the start of the oldest item of a shard, read from the index.
    pub(crate) async fn with_oldest(self, sweep: &Sweep<'_>, what: UnfinishedWork, shard: u8) -> Self {
        match sweep.context.store.oldest_in_shard(what, shard, sweep.now).await {
            Ok(oldest) => Self { oldest, ..self },
            Err(error) => self.ended_by(error),
        }
    }

    /// Sends jobs. A later sweep finds the unsent ones again.
    pub(crate) async fn send(&mut self, sweep: &Sweep<'_>, jobs: Vec<OutgoingJob>) {
        self.found += jobs.len();
        if let Err(error) = sweep.send(jobs).await {
            self.failure = self.failure.take().or(Some(error.into()));
        }
    }

    /// Ends this kind after an unreadable page, because the next page is unknown.
    pub(crate) fn ended_by(self, error: StoreError) -> Self {
        Self { failure: self.failure.or(Some(error.into())), ..self }
    }

    /// Age of the oldest item; zero if there is none. `None` if it is unknown.
    fn age(&self, now: Timestamp) -> Option<Duration> {
        match (self.oldest, &self.failure) {
            (None, Some(_)) => None,
            (None, None) => Some(Duration::ZERO),
            (Some(since), _) => Some(now.duration_since(since).try_into().unwrap_or_default()),
        }
    }
}
