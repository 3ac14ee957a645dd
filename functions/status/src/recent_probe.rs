//! [`RecentProbe`]: cached health of table and queues. The route is public, so both are probed at most once a second.

use evens_contracts::HealthAnswer;
use evens_runtime::Context;
use evens_runtime::telemetry::chain;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::error::Elapsed;
use tokio::time::{Instant, timeout};

/// Health of each part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Probe {
    pub(crate) table: bool,
    pub(crate) queues: bool,
    /// The jackpot pools. They are in the same table, but can be corrupt alone.
    pub(crate) jackpots: bool,
}

impl From<Probe> for HealthAnswer {
    fn from(Probe { table, queues, jackpots }: Probe) -> Self {
        Self { healthy: table && queues && jackpots, table, queues, jackpots }
    }
}

/// A part that does not answer within this time is unhealthy.
const TIMEOUT: Duration = Duration::from_secs(2);

/// Probes each part now.
pub async fn probe(context: &Context) -> Probe {
    let (table, queues, jackpots) = tokio::join!(
        timeout(TIMEOUT, context.store.probe()),
        timeout(TIMEOUT, context.queues.probe()),
        timeout(TIMEOUT, context.store.load_jackpot_pools()),
    );
    let (table, queues, jackpots) = (why_not(table), why_not(queues), why_not(jackpots));
    let probe = Probe { table: table.is_none(), queues: queues.is_none(), jackpots: jackpots.is_none() };
    if !(probe.table && probe.queues && probe.jackpots) {
        tracing::error!(table, queues, jackpots, "Database health check failed");
    }
    probe
}

/// The newest probe and the time when it finished.
#[derive(Debug, Default)]
pub(crate) struct RecentProbe(Mutex<Option<(Instant, Probe)>>);

impl RecentProbe {
    /// Lifetime of a probe, counted from its end.
    const KEPT: Duration = Duration::from_secs(1);

    /// The current health. Callers that arrive during a probe wait for its result.
    pub(crate) async fn of(&self, context: &Context) -> Probe {
        self.newest(async || probe(context).await).await
    }

    async fn newest(&self, ask: impl AsyncFnOnce() -> Probe) -> Probe {
        let mut newest = self.0.lock().await;
        if let Some((at, probe)) = *newest
            && at.elapsed() < Self::KEPT
        {
            return probe;
        }
        let probe = ask().await;
        *newest = Some((Instant::now(), probe));
        probe
    }
}

/// The reason for a missing answer, or `None` if there was one.
fn why_not<T, E: std::error::Error + 'static>(answer: Result<Result<T, E>, Elapsed>) -> Option<String> {
    match answer {
        Ok(answer) => answer.err().map(|error| chain(&error)),
        Err(elapsed) => Some(chain(&elapsed)),
    }
}

#[cfg(test)]
mod tests {
    use super::{Probe, RecentProbe};
    use futures::future::join_all;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    #[tokio::test(start_paused = true)]
    async fn of_many_who_ask_one_is_asked_for() {
        let (recent, asked) = (RecentProbe::default(), AtomicUsize::new(0));
        let ask = async || {
            tokio::time::sleep(Duration::from_millis(500)).await;
            Probe { table: asked.fetch_add(1, Ordering::Relaxed) > 0, queues: true, jackpots: true }
        };
        let all = async || join_all((0..100).map(|_| recent.newest(ask))).await;
        assert_eq!(all().await, [Probe { table: false, queues: true, jackpots: true }; 100]);
        tokio::time::advance(RecentProbe::KEPT.saturating_sub(Duration::from_millis(1))).await;
        assert_eq!(recent.newest(ask).await, Probe { table: false, queues: true, jackpots: true });
        assert_eq!(asked.load(Ordering::Relaxed), 1);
        // A moment later a recovered part is reported as healthy again.
        tokio::time::advance(Duration::from_millis(1)).await;
        assert_eq!(all().await, [Probe { table: true, queues: true, jackpots: true }; 100]);
        assert_eq!(asked.load(Ordering::Relaxed), 2);
    }
}
