//! [`RecentExposures`]: what periods may cost, remembered for a moment: bets of one process on one period read its bets
//! once a second.
//!
//! A bet that this process has placed counts at once, those of others a second later: by as much as those can take a
//! period beyond its limit. Nothing of money rests on it.

use evens_games::{Exposure, GameBet, PeriodId};
use evens_metrics::Cache;
use evens_runtime::Context;
use evens_store::StoreError;
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What periods may cost; clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct RecentExposures(Arc<Mutex<HashMap<PeriodId, (Timestamp, Exposure)>>>);

impl RecentExposures {
    /// For how long an exposure is good.
    const KEPT: SignedDuration = SignedDuration::from_secs(1);

    /// What a period may cost, as it was a moment ago.
    pub(crate) async fn of(&self, context: &Context, period: PeriodId) -> Result<Exposure, StoreError> {
        let now = context.clock.now();
        let known = self.known(period, now);
        context.metrics.cache_looked_up(Cache::Exposures, known.is_some());
        if let Some(known) = known {
            return Ok(known);
        }
        let shards = context.store.list_period_bets(period).await?;
        let exposure = Exposure::of(period.room.game(), shards.iter().flat_map(|shard| &shard.bets));
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(period, (now, exposure.clone()));
        Ok(exposure)
    }

    /// Counts a bet that was placed.
    pub(crate) fn add(&self, bet: &GameBet) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, exposure)) = all.get_mut(&bet.period) {
            exposure.add(bet.selection, bet.stake);
        }
    }

    /// Forgets what is too old, which keeps it small.
    fn known(&self, period: PeriodId, now: Timestamp) -> Option<Exposure> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, (read_at, _)| {
            let age = now.duration_since(*read_at);
            !age.is_negative() && age < Self::KEPT
        });
        all.get(&period).map(|(_, exposure)| exposure.clone())
    }
}
