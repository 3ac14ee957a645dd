//! [`RecentExposures`]: a cache of what periods may cost the house. A process reads the bets of a period once a second.
//! While one request reads them, others use the previous result, so that no request waits for a long read.
//!
//! Bets placed by this process count at once. Those of other processes count a second later, or two if reads take long.
//! The shard that a bet goes into is left out, because placing the bet reads that shard anyway. A player's own bets
//! therefore always count. Concurrent bets can push a period over its limit; correctness of money does not depend on
//! the limit.

use evens_games::{Exposure, GameBet, GameStake, Period, PeriodId, Selection};
use evens_metrics::Cache;
use evens_records::PeriodShard;
use evens_runtime::Context;
use evens_store::StoreError;
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The exposures of periods. Clones share them.
#[derive(Debug, Clone, Default)]
pub(crate) struct RecentExposures(Arc<Mutex<HashMap<PeriodId, SharedPeriod>>>);

/// One period. Clones share it.
#[derive(Debug, Clone)]
struct SharedPeriod {
    closes_at: Timestamp,
    seen: Arc<Mutex<PeriodCache>>,
    /// Held by the request that reads the bets, so that only one reads at a time.
    reading: Arc<tokio::sync::Mutex<()>>,
}

/// The cached state of a period.
#[derive(Debug, Default)]
struct PeriodCache {
    known: Option<PeriodExposure>,
    /// Bets placed by this process since the last read began, which may have missed them.
    placed: Vec<(u16, Selection, GameStake)>,
}

/// The exposure of a period's bets at the last read.
#[derive(Debug)]
struct PeriodExposure {
    read_at: Timestamp,
    all: Exposure,
    by_shard: HashMap<u16, Exposure>,
}

impl RecentExposures {
    /// Lifetime of a result.
    const KEPT: SignedDuration = SignedDuration::from_secs(1);

    /// Lifetime of a result while another request reads the bets.
    const KEPT_MEANWHILE: SignedDuration = SignedDuration::from_secs(2);

    /// The recent exposure of a period without the bets of `shard`.
    pub(crate) async fn without_shard(
        &self,
        context: &Context,
        period: &Period,
        shard: u16,
    ) -> Result<Exposure, StoreError> {
        let now = context.clock.now();
        let watched = self.watched(period, now);
        let fresh = watched.without_shard(shard, now, Self::KEPT);
        let (known, reads) = match fresh {
            Some(fresh) => (Some(fresh), None),
            None => match watched.reading.try_lock() {
                Ok(reads) => (None, Some(reads)),
                Err(_) => (watched.without_shard(shard, now, Self::KEPT_MEANWHILE), None),
            },
        };
        context.metrics.cache_looked_up(Cache::Exposures, known.is_some());
        if let Some(known) = known {
            return Ok(known);
        }
        let _reads = match reads {
            Some(reads) => reads,
            None => watched.reading.lock().await,
        };
        // The request that held the lock may have just read them.
        if let Some(known) = watched.without_shard(shard, now, Self::KEPT) {
            return Ok(known);
        }
        watched.cache().placed.clear();
        let shards = context.store.load_period_bets_eventually(period.id).await?;
        let mut seen = watched.cache();
        let mut known = PeriodExposure::of(period, &shards, now);
        // Bets that the read has seen as well count twice until the next read. That overstates the exposure, but never
        // understates it.
        for placed in &seen.placed {
            known.add(*placed);
        }
        Ok(seen.known.insert(known).without(shard))
    }

    /// Adds a bet that this process placed.
    pub(crate) fn add(&self, period: &Period, bet: &GameBet) {
        let Some(watched) = self.lock().get(&bet.period).cloned() else { return };
        let mut seen = watched.cache();
        let placed = (period.shards.shard_of(bet.user), bet.selection, bet.stake);
        seen.placed.push(placed);
        if let Some(known) = seen.known.as_mut() {
            known.add(placed);
        }
    }

    /// Drops closed periods, so that the map stays small.
    fn watched(&self, period: &Period, now: Timestamp) -> SharedPeriod {
        let mut all = self.lock();
        all.retain(|_, watched| watched.closes_at > now);
        let closes_at = period.times.closes_at;
        let watched = || SharedPeriod { closes_at, seen: Arc::default(), reading: Arc::default() };
        all.entry(period.id).or_insert_with(watched).clone()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<PeriodId, SharedPeriod>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SharedPeriod {
    /// The cached exposure without `shard`, if it is no older than `kept`.
    fn without_shard(&self, shard: u16, now: Timestamp, kept: SignedDuration) -> Option<Exposure> {
        let seen = self.cache();
        let known = seen.known.as_ref()?;
        let age = now.duration_since(known.read_at);
        (!age.is_negative() && age < kept).then(|| known.without(shard))
    }

    fn cache(&self) -> MutexGuard<'_, PeriodCache> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl PeriodExposure {
    fn of(period: &Period, shards: &[PeriodShard], read_at: Timestamp) -> Self {
        let game = period.id.room.game();
        let of_shard = |shard: &PeriodShard| (shard.number, Exposure::of(game, &shard.bets));
        let all = Exposure::of(game, shards.iter().flat_map(|shard| &shard.bets));
        Self { read_at, all, by_shard: shards.iter().map(of_shard).collect() }
    }

    fn add(&mut self, (shard, selection, stake): (u16, Selection, GameStake)) {
        self.all.add(selection, stake);
        let of_none = || self.all.of_same_game();
        self.by_shard.entry(shard).or_insert_with(of_none).add(selection, stake);
    }

    fn without(&self, shard: u16) -> Exposure {
        match self.by_shard.get(&shard) {
            Some(of_shard) => self.all.without(of_shard),
            None => self.all.clone(),
        }
    }
}
