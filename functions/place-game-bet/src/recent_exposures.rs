//! [`RecentExposures`]: what periods may cost, remembered for a moment: bets of one process on one period read its bets
//! once a second.
//!
//! A bet that this process has placed counts at once, those of other processes a second later. The shard that a bet
//! goes into is left out: whoever places it reads that one anyway, so a player's own bets always count. By what others
//! place in the meantime a period can pass its limit. Nothing of money rests on it.

use evens_games::{Exposure, GameBet, Period, PeriodId};
use evens_metrics::Cache;
use evens_records::PeriodShard;
use evens_runtime::Context;
use evens_store::StoreError;
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What periods may cost; clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct RecentExposures(Arc<Mutex<HashMap<PeriodId, Watched>>>);

/// One period. Whoever reads its bets holds the lock, so that nobody else does at the same time.
#[derive(Debug, Clone)]
struct Watched {
    closes_at: Timestamp,
    known: Arc<tokio::sync::Mutex<Option<Known>>>,
}

/// The bets of a period, as they were read.
#[derive(Debug)]
struct Known {
    read_at: Timestamp,
    all: Exposure,
    by_shard: HashMap<u16, Exposure>,
}

impl RecentExposures {
    /// For how long what was read is good.
    const KEPT: SignedDuration = SignedDuration::from_secs(1);

    /// What a period may cost, as it was a moment ago, without the bets of one of its shards.
    pub(crate) async fn without_shard(
        &self,
        context: &Context,
        period: &Period,
        shard: u16,
    ) -> Result<Exposure, StoreError> {
        let now = context.clock.now();
        let watched = self.watched(period, now);
        let mut known = watched.known.lock().await;
        let is_fresh = |known: &&Known| {
            let age = now.duration_since(known.read_at);
            !age.is_negative() && age < Self::KEPT
        };
        let fresh = known.as_ref().filter(is_fresh);
        context.metrics.cache_looked_up(Cache::Exposures, fresh.is_some());
        if let Some(fresh) = fresh {
            return Ok(fresh.without(shard));
        }
        let shards = context.store.look_at_period_bets(period.id).await?;
        Ok(known.insert(Known::of(period, &shards, now)).without(shard))
    }

    /// Counts a bet that was placed.
    pub(crate) async fn add(&self, period: &Period, bet: &GameBet) {
        let watched = self.lock().get(&bet.period).cloned();
        let Some(watched) = watched else { return };
        if let Some(known) = watched.known.lock().await.as_mut() {
            known.all.add(bet.selection, bet.stake);
            let of_none = || Exposure::of(period.id.room.game(), []);
            let shard = known.by_shard.entry(period.shards.shard_of(bet.user)).or_insert_with(of_none);
            shard.add(bet.selection, bet.stake);
        }
    }

    /// Forgets periods that are over, which keeps it small.
    fn watched(&self, period: &Period, now: Timestamp) -> Watched {
        let mut all = self.lock();
        all.retain(|_, watched| watched.closes_at > now);
        let watched = || Watched { closes_at: period.times.closes_at, known: Arc::default() };
        all.entry(period.id).or_insert_with(watched).clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<PeriodId, Watched>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn of(period: &Period, shards: &[PeriodShard], read_at: Timestamp) -> Self {
        let game = period.id.room.game();
        let of_shard = |shard: &PeriodShard| (shard.number, Exposure::of(game, &shard.bets));
        let all = Exposure::of(game, shards.iter().flat_map(|shard| &shard.bets));
        Self { read_at, all, by_shard: shards.iter().map(of_shard).collect() }
    }

    fn without(&self, shard: u16) -> Exposure {
        match self.by_shard.get(&shard) {
            Some(of_shard) => self.all.without(of_shard),
            None => self.all.clone(),
        }
    }
}
