//! [`Sweep`]: one run over all shards, and the queues to which it sends nothing.

use evens_contracts::Queue;
use evens_queues::{Outgoing, QueueError};
use evens_runtime::Context;
use evens_runtime::telemetry::chain;
use jiff::Timestamp;
use tokio::sync::OnceCell;

/// As many jobs make a queue long. Those of what was left behind are most likely among them: the queue is slow or
/// stands still, and has lost nothing. If each sweep added a job for everything that is unfinished, the queue would
/// grow faster than what is owed.
const LONG_QUEUE_JOBS_MIN: u64 = 1_000;

/// In each tenth minute long queues get their jobs, too. Some jobs are sent by sweeps alone, such as the refund of an
/// expired bet: they must get a place behind what others send, however long others keep the queue.
const LONG_QUEUE_MINUTES: u64 = 10;

/// One run over all shards.
#[derive(Debug)]
pub(crate) struct Sweep<'a> {
    pub(crate) context: &'a Context,
    pub(crate) now: Timestamp,
    /// By queue: whether it was long when this sweep first had a job for it.
    is_long: [OnceCell<bool>; Queue::ALL.len()],
}

impl<'a> Sweep<'a> {
    pub(crate) fn at(context: &'a Context, now: Timestamp) -> Self {
        Self { context, now, is_long: [const { OnceCell::const_new() }; Queue::ALL.len()] }
    }

    /// Sends those jobs whose queues are not long.
    pub(crate) async fn send(&self, jobs: Vec<Outgoing>) -> Result<(), QueueError> {
        let mut to_send = Vec::with_capacity(jobs.len());
        for job in jobs {
            if !self.is_left_alone(job.job.queue()).await {
                // A sweep that is started twice in a minute sends its jobs once.
                to_send.push(job.nudged(self.minute()));
            }
        }
        self.context.queues.send(to_send).await
    }

    /// Since 1970.
    fn minute(&self) -> u64 {
        self.now.as_second().unsigned_abs() / 60
    }

    async fn is_left_alone(&self, queue: Queue) -> bool {
        if self.minute().is_multiple_of(LONG_QUEUE_MINUTES) {
            return false;
        }
        // Once: what the first shards add must not keep the last ones from theirs.
        *self.is_long[queue as usize].get_or_init(|| self.ask_if_long(queue)).await
    }

    /// A queue that nobody could count is as good as short.
    async fn ask_if_long(&self, queue: Queue) -> bool {
        let name = queue.name();
        match self.context.queues.waiting(queue).await {
            Ok(waiting @ LONG_QUEUE_JOBS_MIN..) => {
                tracing::info!(
                    queue = name,
                    waiting,
                    "Sends nothing again to {name}, where {waiting} jobs wait"
                );
                true
            }
            Ok(_) => false,
            Err(error) => {
                tracing::warn!(
                    queue = name,
                    error = chain(&error),
                    "Could not count the jobs that wait in {name}, so sends to it"
                );
                false
            }
        }
    }
}
