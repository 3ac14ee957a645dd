//! Deletes items whose time has passed, which the embedded DynamoDB leaves to whoever runs it.

use dynoxide::Database;
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

/// How soon after the start the first time is, at the latest: an engine that never runs for a whole period deletes, too.
const FIRST_AFTER: Duration = Duration::from_mins(1);

/// Deletes again and again until `stopped` resolves. A deletion under way is finished: it lets requests in between its
/// pages.
pub(crate) async fn repeat(table: Database, period: Duration, stopped: impl Future<Output = ()>) {
    let mut ticks = interval_at(Instant::now() + period.min(FIRST_AFTER), period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut stopped = std::pin::pin!(stopped);
    let mut has_failed = false;
    loop {
        tokio::select! {
            () = &mut stopped => return,
            _ = ticks.tick() => {}
        }
        // It reads the whole table, which is no work for a thread that others wait for.
        let table = table.clone();
        let swept = tokio::task::spawn_blocking(move || table.sweep_ttl().map_err(|error| error.to_string()));
        let swept = swept.await.unwrap_or_else(|error| Err(error.to_string()));
        match swept {
            Ok(deleted) => {
                has_failed = false;
                tracing::debug!(deleted, "Deleted {deleted} items whose time has passed");
            }
            // What fails for one reason fails each time: it is said once, and again after it has worked.
            Err(error) if !has_failed => {
                has_failed = true;
                tracing::warn!(error, "Items whose time has passed could not be deleted; tried again later");
            }
            Err(_) => {}
        }
    }
}
