//! [`RecentStatistics`]: what players' bets came to, remembered for five minutes. Nothing is decided by it.

use evens_games::PlayDays;
use evens_ledger::UserId;
use evens_metrics::Cache;
use evens_runtime::Context;
use evens_store::StoreError;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What players' bets came to; clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct RecentStatistics(Arc<Mutex<HashMap<UserId, Recent>>>);

/// What a player's bets came to, and when they were added up.
#[derive(Debug, Clone)]
pub(crate) struct Recent {
    pub(crate) as_of: Timestamp,
    pub(crate) days: Arc<PlayDays>,
}

impl RecentStatistics {
    /// For how long it is good.
    const KEPT: SignedDuration = SignedDuration::from_mins(5);
    /// Of how many players at most.
    const PLAYERS_MAX: usize = 10_000;

    /// What a player's bets came to, as of five minutes ago at most.
    pub(crate) async fn of(&self, context: &Context, user: UserId) -> Result<Recent, StoreError> {
        let now = context.clock.now();
        let offset = context.settings.attendance_offset.offset();
        let today = offset.to_datetime(now).date();
        let known = self.all().get(&user).filter(|recent| recent.is_good(today, now)).cloned();
        context.metrics.cache_looked_up(Cache::PlayStatistics, known.is_some());
        if let Some(known) = known {
            return Ok(known);
        }
        let days = Arc::new(context.store.load_play_statistics(user, offset, now).await?);
        let recent = Recent { as_of: now, days };
        let mut all = self.all();
        if all.len() >= Self::PLAYERS_MAX {
            all.retain(|_, recent| recent.is_good(today, now));
        }
        if all.len() < Self::PLAYERS_MAX {
            all.insert(user, recent.clone());
        }
        Ok(recent)
    }

    fn all(&self) -> MutexGuard<'_, HashMap<UserId, Recent>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Recent {
    fn is_good(&self, today: Date, now: Timestamp) -> bool {
        let age = now.duration_since(self.as_of);
        self.days.today == today && !age.is_negative() && age < RecentStatistics::KEPT
    }
}
