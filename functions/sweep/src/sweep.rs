//! [`Sweep`]: one run over all shards, and the queues to which it sends nothing.

use evens_contracts::Queue;
use evens_queues::{Outgoing, QueueError};
use evens_runtime::Context;
use evens_runtime::telemetry::chain;
use jiff::Timestamp;
use tokio::sync::OnceCell;

/// Where so many jobs wait, those of what was left behind are most likely among them: the queue is slow, or stands
/// still, and has lost nothing. Each sweep would add a job for everything that is unfinished, and the queue would never
/// be short again. What was lost all the same is sent as soon as fewer wait.
pub(crate) const LONG: u64 = 1_000;

/// One run over all shards.
#[derive(Debug)]
pub(crate) struct Sweep<'a> {
    pub(crate) context: &'a Context,
    pub(crate) now: Timestamp,
    /// Whether that queue is long, where somebody wanted to send to it.
    is_long: [OnceCell<bool>; Queue::ALL.len()],
}

impl<'a> Sweep<'a> {
    pub(crate) fn at(context: &'a Context, now: Timestamp) -> Self {
        Self { context, now, is_long: [const { OnceCell::const_new() }; Queue::ALL.len()] }
    }

    /// Sends those jobs again whose queues are not long; how many.
    pub(crate) async fn send(&self, jobs: Vec<Outgoing>) -> Result<usize, QueueError> {
        // One number a minute: a sweep that is started twice sends its jobs once.
        let nudge = self.now.as_second().unsigned_abs() / 60;
        let mut sent = Vec::with_capacity(jobs.len());
        for job in jobs {
            if !self.is_long(job.job.queue()).await {
                sent.push(job.nudged(nudge));
            }
        }
        let count = sent.len();
        self.context.queues.send(sent).await?;
        Ok(count)
    }

    /// Asks once in a sweep: what the first shards add must not keep the last ones from theirs. A queue that nobody
    /// could count is as good as short.
    async fn is_long(&self, queue: Queue) -> bool {
        let asked = self.is_long[queue as usize].get_or_init(async || {
            let name = queue.name();
            match self.context.queues.waiting(queue).await {
                Ok(waiting @ LONG..) => {
                    tracing::info!(
                        queue = name,
                        waiting,
                        "Asks for nothing again in {name}, where {waiting} jobs wait"
                    );
                    true
                }
                Ok(_) => false,
                Err(error) => {
                    tracing::warn!(
                        queue = name,
                        error = chain(&error),
                        "Could not see how many jobs wait in {name}, so what was left behind is sent"
                    );
                    false
                }
            }
        });
        *asked.await
    }
}
