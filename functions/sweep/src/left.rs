//! [`Left`]: what one sweep has found left behind, and how that is told.

use crate::kinds::KINDS;
use crate::sweep::Sweep;
use evens_ledger::Amount;
use evens_metrics::Metrics;
use evens_queues::Outgoing;
use evens_runtime::JobError;
use evens_store::{Since, StoreError, Unfinished};
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

/// What is younger has its own job on the way, if there is anything to do.
pub(crate) const RECENT: SignedDuration = SignedDuration::from_mins(1);

/// What has no job of its own on the way any more: what was begun a while ago, or by a clock that is ahead of this one.
pub(crate) fn left_behind(now: Timestamp) -> [Since; 2] {
    let ago = now.saturating_sub(RECENT).unwrap_or(Timestamp::MIN);
    let ahead = now.saturating_add(RECENT).unwrap_or(Timestamp::MAX);
    [Since::Before(ago), Since::After(ahead)]
}

/// What was left behind, of each kind in the order of [`KINDS`].
#[derive(Debug)]
pub(crate) struct Left {
    pub(crate) swept: [Swept; KINDS.len()],
    /// What is matched in overdue rounds, in units of money. Nothing where that is not known of all of them.
    pub(crate) overdue_units: Option<i128>,
}

impl Default for Left {
    fn default() -> Self {
        Self { swept: KINDS.map(|_| Swept::default()), overdue_units: Some(0) }
    }
}

/// What was left behind of one kind.
#[derive(Debug, Default)]
pub(crate) struct Swept {
    /// How many have a job that is to be sent again.
    pub(crate) found: usize,
    /// Since when the oldest has been unfinished, as [`Unfinished`](evens_store::Unfinished) says of its kind. Nothing
    /// is known of kinds that have no metric of their own where none was left behind.
    pub(crate) oldest: Option<Timestamp>,
    /// Why not all of it was swept.
    pub(crate) failure: Option<JobError>,
}

/// The earlier of two times that may not be.
pub(crate) fn earlier(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    one.into_iter().chain(other).min()
}

impl Left {
    pub(crate) fn plus(self, other: Self) -> Self {
        let mut others = other.swept.into_iter();
        Self {
            swept: self.swept.map(|swept| swept.plus(others.next().unwrap_or_default())),
            overdue_units: self.overdue_units.zip(other.overdue_units).map(|(one, more)| one + more),
        }
    }

    /// Counts what was found. A gauge is told also where it is zero: that is what says that all is well.
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

    /// The first of them.
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

    /// The same with since when the oldest of a shard has been unfinished, which a read of the index tells.
    pub(crate) async fn with_oldest(self, sweep: &Sweep<'_>, what: Unfinished, shard: u8) -> Self {
        match sweep.context.store.oldest_in_shard(what, shard, sweep.now).await {
            Ok(oldest) => Self { oldest, ..self },
            Err(error) => self.ended_by(error),
        }
    }

    /// Sends jobs. What is not sent, a later sweep finds again.
    pub(crate) async fn send(&mut self, sweep: &Sweep<'_>, jobs: Vec<Outgoing>) {
        self.found += jobs.len();
        if let Err(error) = sweep.send(jobs).await {
            self.failure = self.failure.take().or(Some(error.into()));
        }
    }

    /// The same, ended by a page that could not be read: nobody knows where the next one starts.
    pub(crate) fn ended_by(self, error: StoreError) -> Self {
        Self { failure: self.failure.or(Some(error.into())), ..self }
    }

    /// How old the oldest is, as far as was seen; zero if there is none. Nothing where that is not known.
    fn age(&self, now: Timestamp) -> Option<Duration> {
        match (self.oldest, &self.failure) {
            (None, Some(_)) => None,
            (None, None) => Some(Duration::ZERO),
            (Some(since), _) => Some(now.duration_since(since).try_into().unwrap_or_default()),
        }
    }
}
