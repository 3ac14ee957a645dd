//! Periodic background work.

use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

/// Runs `work` after `first_after` and then once per `period`, until `stopped` resolves. A run in progress is
/// completed. It runs on a blocking thread. After a failure, `trouble` is logged and the work is repeated.
pub(crate) async fn repeat<Work, Failure>(
    work: Work,
    first_after: Duration,
    period: Duration,
    stopped: impl Future<Output = ()>,
    trouble: &'static str,
) where
    Work: Fn() -> Result<(), Failure> + Send + Sync + 'static,
    Failure: ToString,
{
    let work = Arc::new(work);
    let mut ticks = interval_at(Instant::now() + first_after, period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut stopped = std::pin::pin!(stopped);
    let mut has_failed = false;
    loop {
        tokio::select! {
            () = &mut stopped => return,
            _ = ticks.tick() => {}
        }
        let work = Arc::clone(&work);
        let done = tokio::task::spawn_blocking(move || work().map_err(|failure| failure.to_string()));
        let done = done.await.unwrap_or_else(|panicked| Err(panicked.to_string()));
        // A persistent failure is logged once, and again only after a success.
        if let Err(error) = &done
            && !has_failed
        {
            tracing::warn!(error, "{trouble}");
        }
        has_failed = done.is_err();
    }
}
