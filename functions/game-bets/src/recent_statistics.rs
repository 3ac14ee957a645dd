//! [`RecentStatistics`]: a cache of players' statistics. Results are kept for five minutes, in this process and in the
//! table, where other processes find them. No decision depends on them.

use evens_ledger::UserId;
use evens_metrics::Cache;
use evens_runtime::Context;
use evens_runtime::telemetry::chain;
use evens_store::{RecentPlay, StoreError};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The statistics of players. Clones share the cache.
#[derive(Debug, Clone, Default)]
pub(crate) struct RecentStatistics(Arc<Mutex<HashMap<UserId, Arc<RecentPlay>>>>);

impl RecentStatistics {
    /// Maximum number of cached players.
    const PLAYERS_MAX: usize = 10_000;

    /// A player's statistics, at most five minutes old.
    pub(crate) async fn of(&self, context: &Context, user: UserId) -> Result<Arc<RecentPlay>, StoreError> {
        let now = context.clock.now();
        let today = context.settings.players.attendance_offset.offset().to_datetime(now).date();
        let here = self.all().get(&user).filter(|recent| recent.is_good(today, now)).cloned();
        if let Some(recent) = here {
            context.metrics.cache_looked_up(Cache::PlayStatistics, true);
            return Ok(recent);
        }
        let kept = context.store.recall_play(user, today, now).await?;
        context.metrics.cache_looked_up(Cache::PlayStatistics, kept.is_some());
        let recent = Arc::new(match kept {
            Some(recent) => recent,
            None => add_up(context, user).await?,
        });
        let mut all = self.all();
        if all.len() >= Self::PLAYERS_MAX {
            all.retain(|_, recent| recent.is_good(today, now));
        }
        if all.len() < Self::PLAYERS_MAX {
            all.insert(user, Arc::clone(&recent));
        }
        Ok(recent)
    }

    fn all(&self) -> MutexGuard<'_, HashMap<UserId, Arc<RecentPlay>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Computes a player's statistics and stores them. If they cannot be stored, the next reader computes them again.
async fn add_up(context: &Context, user: UserId) -> Result<RecentPlay, StoreError> {
    let (now, offset) = (context.clock.now(), context.settings.players.attendance_offset.offset());
    let days = context.store.load_play_statistics(user, offset, now).await?;
    let recent = RecentPlay { as_of: now, days };
    if let Err(error) = context.store.keep_play(user, &recent).await {
        tracing::warn!("user.id" = %user, error = chain(&error), "Could not store the statistics of user {user}");
    }
    Ok(recent)
}

#[cfg(test)]
mod tests {
    use super::RecentStatistics;
    use evens_doubles::EmbeddedTable;
    use evens_ledger::UserId;
    use evens_runtime::{Clock, Context, Settings};
    use jiff::SignedDuration;

    #[tokio::test]
    async fn statistics_of_one_process_serve_another_for_five_minutes() {
        let table = EmbeddedTable::start().await;
        let context = table.context(Settings::local()).await;
        let user = UserId::new(1).expect("a user");
        let as_of = async |process: &RecentStatistics, seconds: i64| {
            let now = evens_doubles::now() + SignedDuration::from_secs(seconds);
            let context = Context { clock: Clock::fixed(now), ..context.clone() };
            let recent = process.of(&context, user).await.expect("the table");
            recent.as_of.duration_since(evens_doubles::now()).as_secs()
        };
        let (one, other) = (RecentStatistics::default(), RecentStatistics::default());
        assert_eq!(as_of(&one, 0).await, 0);
        for (seconds, expected) in [(1, 0), (299, 0), (300, 300), (301, 300)] {
            assert_eq!(as_of(&other, seconds).await, expected, "second {seconds}");
        }
        assert_eq!(as_of(&one, 302).await, 300);
        assert_eq!(as_of(&RecentStatistics::default(), 303).await, 300);
    }
}
