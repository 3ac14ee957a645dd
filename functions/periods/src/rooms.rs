//! [`Rooms`]: a cache of rooms. Many clients look at one room, and the table is read once for all of them.
//!
//! Architecture invariant: the cache contains only data that was read, and no decision depends on it.

use evens_games::{Period, PeriodId, Room};
use evens_metrics::Cache;
use evens_runtime::Context;
use evens_store::{DrawnPeriod, StoreError};
use futures::future::try_join_all;
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Number of periods shown after the current one.
const NEXT: i64 = 2;
/// Number of results in a trend.
pub(crate) const TREND: u16 = 100;

/// The cached rooms. Clones share them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rooms {
    opened: Arc<Mutex<HashMap<Room, Look>>>,
    results: Arc<Mutex<HashMap<Room, Results>>>,
}

/// A room's current period and the next ones, in the state in which they opened.
pub(crate) type RoomPeriods = Vec<(PeriodId, Option<Period>)>;

/// A room's periods and the time of their read.
#[derive(Debug, Clone)]
struct Look {
    read_at: Timestamp,
    opened: RoomPeriods,
}

/// A room's newest results and the time of their read.
#[derive(Debug, Clone)]
struct Results {
    read_at: Timestamp,
    newest_first: Arc<[DrawnPeriod]>,
}

impl Rooms {
    /// Lifetime of an incomplete cache entry: results without the latest period, and periods of which one is not open
    /// yet. Some rooms open no period while there are no blocks, so that those reads must be limited, too.
    const KEPT: SignedDuration = SignedDuration::from_secs(1);

    /// A period and the next ones. Their fixed properties are current, but their progress may be outdated. They are
    /// not archived, because they have not ended.
    pub(crate) async fn opened(&self, context: &Context, first: PeriodId) -> Result<RoomPeriods, StoreError> {
        let now = context.clock.now();
        let known = {
            let opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
            opened.get(&first.room).filter(|known| known.is_good(first, now)).cloned()
        };
        context.metrics.cache_looked_up(Cache::SeedHashes, known.is_some());
        if let Some(known) = known {
            return Ok(known.opened);
        }
        let load = |later| async move {
            let id = first.later(later);
            Ok::<_, StoreError>((id, context.store.load_unarchived_period_eventually(id).await?))
        };
        let opened: RoomPeriods = try_join_all((0..=NEXT).map(load)).await?;
        let look = Look { read_at: now, opened: opened.clone() };
        self.opened.lock().unwrap_or_else(PoisonError::into_inner).insert(first.room, look);
        Ok(opened)
    }

    /// The newest results of a room, newest first.
    pub(crate) async fn results(
        &self,
        context: &Context,
        room: Room,
    ) -> Result<Arc<[DrawnPeriod]>, StoreError> {
        let now = context.clock.now();
        let known = {
            let results = self.results.lock().unwrap_or_else(PoisonError::into_inner);
            results.get(&room).cloned()
        };
        let known = known.filter(|known| known.is_good(context, room, now));
        context.metrics.cache_looked_up(Cache::RoomResults, known.is_some());
        if let Some(known) = known {
            return Ok(known.newest_first);
        }
        let newest_first: Arc<[DrawnPeriod]> = context.store.list_results(room, None, TREND).await?.into();
        let results = Results { read_at: now, newest_first: Arc::clone(&newest_first) };
        self.results.lock().unwrap_or_else(PoisonError::into_inner).insert(room, results);
        Ok(newest_first)
    }
}

impl Look {
    /// Returns `true` if these are the requested periods. A complete entry never expires.
    fn is_good(&self, first: PeriodId, now: Timestamp) -> bool {
        let is_it = self.opened.first().is_some_and(|(id, _)| *id == first);
        is_it && (self.opened.iter().all(|(_, opened)| opened.is_some()) || is_fresh(self.read_at, now))
    }
}

impl Results {
    /// The newest possible result is that of the period before the current one.
    fn is_good(&self, context: &Context, room: Room, now: Timestamp) -> bool {
        let last = PeriodId::at(room, now, context.settings.players.attendance_offset.offset()).previous();
        is_fresh(self.read_at, now) || self.newest_first.first().is_some_and(|newest| newest.id == last)
    }
}

/// A negative age means that the clock was set back, so the entry is stale.
fn is_fresh(read_at: Timestamp, now: Timestamp) -> bool {
    let age = now.duration_since(read_at);
    !age.is_negative() && age < Rooms::KEPT
}

#[cfg(test)]
mod tests {
    use super::{NEXT, Rooms};
    use evens_doubles::{AccountState, FakeSqs, FakeTable};
    use evens_games::PeriodId;
    use evens_runtime::{Clock, Context, Settings};
    use evens_store::CapacityMeter;
    use jiff::SignedDuration;

    /// The table is empty: no period is open, as in a room without blocks.
    #[tokio::test]
    async fn a_room_without_open_periods_is_read_once_a_second() {
        let meter = CapacityMeter::default();
        let store = FakeTable::new(AccountState::Nobody).store().metered(meter.clone());
        let (queues, signer) = (FakeSqs::willing().queues(), evens_doubles::signer());
        let context = evens_doubles::context_of(store, queues, &signer, Settings::local());
        let rooms = Rooms::default();
        let [first, second]: [PeriodId; 2] =
            ["trx_wix-60-20300101000000720", "trx_wix-60-20300101000000721"].map(|id| id.parse().unwrap());
        let all_of_room = u64::try_from(NEXT).unwrap() + 1;
        #[rustfmt::skip]
        let table = [
            // ms     from     reads
            (0,     first,  all_of_room),
            (999,   first,  0),
            (1_000, first,  all_of_room),
            // The next period needs another read.
            (1_001, second, all_of_room),
            (2_000, second, 0),
            // The clock is set back.
            (1_000, second, all_of_room),
        ];
        for (ms, from, reads) in table {
            let now = evens_doubles::now() + SignedDuration::from_millis(ms);
            let context = Context { clock: Clock::fixed(now), ..context.clone() };
            meter.take();
            let opened = rooms.opened(&context, from).await.unwrap();
            assert!(opened.iter().all(|(_, period)| period.is_none()) && opened[0].0 == from, "{ms}");
            assert_eq!(meter.take().calls, reads, "{ms}");
        }
    }
}
