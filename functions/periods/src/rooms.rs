//! [`Rooms`]: what was read of rooms just now. Many look at one room, and the table is asked once for all of them.
//!
//! Architecture invariant: only what was read is remembered, and nothing is decided by it.

use evens_games::{Period, PeriodId, Room};
use evens_metrics::Cache;
use evens_runtime::Context;
use evens_store::{DrawnPeriod, StoreError};
use futures::future::try_join_all;
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// How many periods after the one of the moment are told.
const NEXT: i64 = 2;
/// How many results a trend is made of.
pub(crate) const TREND: u16 = 100;

/// What was read of rooms; clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rooms {
    opened: Arc<Mutex<HashMap<Room, Opened>>>,
    results: Arc<Mutex<HashMap<Room, Results>>>,
}

/// A room's period of the moment and those that follow, as they opened.
pub(crate) type Opened = Vec<(PeriodId, Option<Period>)>;

/// The newest results of a room, and when they were read.
#[derive(Debug, Clone)]
struct Results {
    read_at: Timestamp,
    newest_first: Arc<[DrawnPeriod]>,
}

impl Rooms {
    /// For how long results are good, unless the next one has come meanwhile.
    const KEPT: SignedDuration = SignedDuration::from_secs(1);

    /// A period and those that follow. What is fixed when one opens never changes; how far it has come may have.
    pub(crate) async fn opened(&self, context: &Context, now: PeriodId) -> Result<Opened, StoreError> {
        let known = {
            let opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
            opened.get(&now.room).filter(|known| is_whole(known, now)).cloned()
        };
        context.metrics.cache_looked_up(Cache::SeedHashes, known.is_some());
        if let Some(known) = known {
            return Ok(known);
        }
        let load = |later| async move {
            let id = now.later(later);
            Ok::<_, StoreError>((id, context.store.look_at_period(id).await?))
        };
        let opened: Opened = try_join_all((0..=NEXT).map(load)).await?;
        self.opened.lock().unwrap_or_else(PoisonError::into_inner).insert(now.room, opened.clone());
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

/// Whether these are that period and those that follow, and none is missing.
fn is_whole(known: &Opened, now: PeriodId) -> bool {
    known.first().is_some_and(|(id, _)| *id == now) && known.iter().all(|(_, opened)| opened.is_some())
}

impl Results {
    /// The newest result that there can be is that of the period before the one of the moment.
    fn is_good(&self, context: &Context, room: Room, now: Timestamp) -> bool {
        let last = PeriodId::at(room, now, context.settings.attendance_offset.offset()).previous();
        let age = now.duration_since(self.read_at);
        let is_fresh = !age.is_negative() && age < Rooms::KEPT;
        is_fresh || self.newest_first.first().is_some_and(|newest| newest.id == last)
    }
}
