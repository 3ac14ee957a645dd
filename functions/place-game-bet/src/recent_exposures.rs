//! [`RecentExposures`]: a cache of what periods may cost the house. A process reads the bets of a period once a second.
//! While one request reads them, others use the previous result, so that no request waits for a long read.
//!
//! Bets of this process count from the moment at which they are tried, so its simultaneous bets count each other. Bets
//! of other processes count a second later, or two if reads take long. The shard that a bet goes into is left out,
//! because placing the bet reads that shard anyway. A player's own bets therefore always count.
//!
//! Once the exposure passes half of the limit, recent data is not enough: each bet then goes by the exact exposure, and
//! one bet of a process goes after another. So one process keeps the limit. Several processes can exceed it only with
//! bets that each of them placed below half of the limit within a second or two.

use evens_games::{Exposure, ExposureRules, GameStake, Period, PeriodId, PlaceGameBet, Selection};
use evens_metrics::Cache;
use evens_records::PeriodShard;
use evens_runtime::Context;
use evens_store::StoreError;
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::OwnedMutexGuard;

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
    /// Held by the request that places a bet by the exact exposure.
    turn: Arc<tokio::sync::Mutex<()>>,
}

/// The cached state of a period.
#[derive(Debug, Default)]
struct PeriodCache {
    known: Option<PeriodExposure>,
    /// Bets placed by this process since the last read began, which may have missed them.
    placed: Vec<PlacedBet>,
    /// Bets that this process is placing by recent data.
    by_recent: Vec<PlacedBet>,
    /// Bets that wait for the exact exposure, or are being placed by it.
    by_exact: Vec<PlacedBet>,
}

/// A bet of this process: its shard, selection and stake.
type PlacedBet = (u16, Selection, GameStake);

/// A bet that this process is placing. It counts until this is dropped.
pub(crate) struct BetInFlight {
    period: SharedPeriod,
    bet: PlacedBet,
    rules: ExposureRules,
    /// The other bets, if recent data is enough.
    recent: Option<Exposure>,
}

/// The exposure by which a bet is placed.
pub(crate) enum Basis {
    /// The bets of the other shards, as they are known.
    Recent(Exposure),
    /// All bets as they are known, which already refuse the bet.
    Over(Exposure),
    /// The bets have to be read. The bet has the turn of its period in this process.
    Exact { _turn: OwnedMutexGuard<()> },
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

    /// Counts a bet that is about to be placed, once the bets of its period are known.
    pub(crate) async fn begin(
        &self,
        context: &Context,
        period: &Period,
        command: &PlaceGameBet,
        rules: ExposureRules,
    ) -> Result<BetInFlight, StoreError> {
        let shared = self.watched(period, context.clock.now());
        shared.read_if_old(context, period).await?;
        let bet = (period.shards.shard_of(command.user), command.selection, command.stake);
        let recent = shared.cache().count(period, bet, rules);
        Ok(BetInFlight { period: shared, bet, rules, recent })
    }

    /// Drops closed periods, so that the map stays small.
    fn watched(&self, period: &Period, now: Timestamp) -> SharedPeriod {
        let mut all = self.lock();
        all.retain(|_, watched| watched.closes_at > now);
        let closes_at = period.times.closes_at;
        let watched = || SharedPeriod {
            closes_at,
            seen: Arc::default(),
            reading: Arc::default(),
            turn: Arc::default(),
        };
        all.entry(period.id).or_insert_with(watched).clone()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<PeriodId, SharedPeriod>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SharedPeriod {
    /// Reads the bets of the period, unless a recent result is known or another request is reading them.
    async fn read_if_old(&self, context: &Context, period: &Period) -> Result<(), StoreError> {
        let now = context.clock.now();
        let (is_known, reads) = if self.is_known(now, RecentExposures::KEPT) {
            (true, None)
        } else {
            match self.reading.try_lock() {
                Ok(reads) => (false, Some(reads)),
                Err(_) => (self.is_known(now, RecentExposures::KEPT_MEANWHILE), None),
            }
        };
        context.metrics.cache_looked_up(Cache::Exposures, is_known);
        if is_known {
            return Ok(());
        }
        let _reads = match reads {
            Some(reads) => reads,
            None => self.reading.lock().await,
        };
        // The request that held the lock may have just read them.
        if self.is_known(now, RecentExposures::KEPT) {
            return Ok(());
        }
        self.cache().placed.clear();
        let shards = context.store.load_period_bets_eventually(period).await?;
        let mut seen = self.cache();
        let mut known = PeriodExposure::of(period, &shards, now);
        // Bets that the read has seen as well count twice until the next read. That overstates the exposure, but never
        // understates it.
        for placed in &seen.placed {
            known.add(*placed);
        }
        seen.known = Some(known);
        Ok(())
    }

    /// Returns `true` if the cached exposure is no older than `kept`.
    fn is_known(&self, now: Timestamp, kept: SignedDuration) -> bool {
        self.cache().known.as_ref().is_some_and(|known| {
            let age = now.duration_since(known.read_at);
            !age.is_negative() && age < kept
        })
    }

    fn cache(&self) -> MutexGuard<'_, PeriodCache> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl PeriodCache {
    /// Counts a bet as in flight. Returns the other bets without those of its shard if recent data is enough.
    fn count(&mut self, period: &Period, bet: PlacedBet, rules: ExposureRules) -> Option<Exposure> {
        let (shard, selection, stake) = bet;
        let none = Exposure::of(period.id.room.game(), []);
        let in_flight = self.by_recent.iter().chain(&self.by_exact);
        let in_flight = in_flight.fold(none.clone(), |sum, bet| with(sum, *bet));
        let (all, others) = match &self.known {
            Some(known) => (known.all.plus(&in_flight), known.without(shard).plus(&in_flight)),
            None => (none, in_flight),
        };
        if self.known.is_none() || all.needs_exact_check(selection, stake, rules) {
            self.by_exact.push(bet);
            None
        } else {
            self.by_recent.push(bet);
            Some(others)
        }
    }
}

impl BetInFlight {
    /// The exposure by which the bet is placed. Waits for the turn of the period if it must be exact.
    pub(crate) async fn basis(&self) -> Basis {
        if let Some(others) = &self.recent {
            return Basis::Recent(others.clone());
        }
        let turn = Arc::clone(&self.period.turn).lock_owned().await;
        let (_, selection, stake) = self.bet;
        // A crowd of bets that the limit refuses must not read all bets each.
        let cache = self.period.cache();
        let known = cache.known.as_ref().map(|known| &known.all);
        match known.filter(|all| all.is_over_with(selection, stake, self.rules)) {
            Some(over) => Basis::Over(over.clone()),
            None => Basis::Exact { _turn: turn },
        }
    }

    /// The bets that this process is placing by recent data.
    pub(crate) fn by_recent(&self) -> Exposure {
        let (_, selection, _) = self.bet;
        let none = Exposure::of(selection.game(), []);
        self.period.cache().by_recent.iter().fold(none, |sum, bet| with(sum, *bet))
    }

    /// The bet is placed, or may be.
    pub(crate) fn placed(&self) {
        let mut cache = self.period.cache();
        cache.placed.push(self.bet);
        if let Some(known) = cache.known.as_mut() {
            known.add(self.bet);
        }
    }
}

impl Drop for BetInFlight {
    fn drop(&mut self) {
        let mut cache = self.period.cache();
        let bets = if self.recent.is_some() { &mut cache.by_recent } else { &mut cache.by_exact };
        if let Some(position) = bets.iter().position(|bet| *bet == self.bet) {
            bets.swap_remove(position);
        }
    }
}

fn with(mut exposure: Exposure, (_, selection, stake): PlacedBet) -> Exposure {
    exposure.add(selection, stake);
    exposure
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
