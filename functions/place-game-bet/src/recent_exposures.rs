//! [`RecentExposures`]: what periods may cost, remembered for a moment: bets of one process on one period read its bets
//! once a second. While one bet reads them, others go by what was read before, so that none waits for very many bets.
//!
//! A bet that this process has placed counts at once, those of other processes a second later, or two where the reading
//! takes long. The shard that a bet goes into is left out: whoever places it reads that one anyway, so a player's own
//! bets always count. By what others place in the meantime a period can pass its limit. Nothing of money rests on it.

use evens_games::{Exposure, GameBet, GameStake, Period, PeriodId, Selection};
use evens_metrics::Cache;
use evens_records::PeriodShard;
use evens_runtime::Context;
use evens_store::StoreError;
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What periods may cost; clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct RecentExposures(Arc<Mutex<HashMap<PeriodId, Watched>>>);

/// One period; clones share it.
#[derive(Debug, Clone)]
struct Watched {
    closes_at: Timestamp,
    seen: Arc<Mutex<Seen>>,
    /// Whoever reads the bets holds it, so that nobody else does at the same time.
    reading: Arc<tokio::sync::Mutex<()>>,
}

/// What is known of a period.
#[derive(Debug, Default)]
struct Seen {
    known: Option<Known>,
    /// What this process has placed since somebody last began to read: the reading may have missed it.
    placed: Vec<(u16, Selection, GameStake)>,
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

    /// For how long it is good enough while somebody reads again.
    const KEPT_MEANWHILE: SignedDuration = SignedDuration::from_secs(2);

    /// What a period may cost, as it was a moment ago, without the bets of one of its shards.
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
        // Whoever was waited for has read what was asked for.
        if let Some(known) = watched.without_shard(shard, now, Self::KEPT) {
            return Ok(known);
        }
        watched.seen().placed.clear();
        let shards = context.store.look_at_period_bets(period.id).await?;
        let mut seen = watched.seen();
        let mut known = Known::of(period, &shards, now);
        // Where the reading has seen them too, they count twice until the next one: too much, and never too little.
        for placed in &seen.placed {
            known.add(*placed);
        }
        Ok(seen.known.insert(known).without(shard))
    }

    /// Counts a bet that was placed.
    pub(crate) fn add(&self, period: &Period, bet: &GameBet) {
        let Some(watched) = self.lock().get(&bet.period).cloned() else { return };
        let mut seen = watched.seen();
        let placed = (period.shards.shard_of(bet.user), bet.selection, bet.stake);
        seen.placed.push(placed);
        if let Some(known) = seen.known.as_mut() {
            known.add(placed);
        }
    }

    /// Forgets periods that are over, which keeps it small.
    fn watched(&self, period: &Period, now: Timestamp) -> Watched {
        let mut all = self.lock();
        all.retain(|_, watched| watched.closes_at > now);
        let closes_at = period.times.closes_at;
        let watched = || Watched { closes_at, seen: Arc::default(), reading: Arc::default() };
        all.entry(period.id).or_insert_with(watched).clone()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<PeriodId, Watched>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watched {
    /// What is known without a shard, if it was read at most so long ago.
    fn without_shard(&self, shard: u16, now: Timestamp, kept: SignedDuration) -> Option<Exposure> {
        let seen = self.seen();
        let known = seen.known.as_ref()?;
        let age = now.duration_since(known.read_at);
        (!age.is_negative() && age < kept).then(|| known.without(shard))
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
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
