//! [`Sweep`]: one run over all shards, and its long queues.

use evens_contracts::Queue;
use evens_queues::{OutgoingJob, QueueError, minute};
use evens_runtime::Context;
use evens_runtime::telemetry::chain;
use jiff::Timestamp;
use tokio::sync::OnceCell;

/// From this length on a queue counts as long. Its jobs are most likely not lost: the queue is slow or stopped. If each
/// sweep added a job for every unfinished item, the queue would grow faster than the work.
const LONG_QUEUE_JOBS_MIN: u64 = 1_000;

/// Long queues get jobs in every tenth minute. Only sweeps send some jobs, such as the refund of an expired bet, so
/// these need a place in the queue even if it stays long.
const LONG_QUEUE_MINUTES: u64 = 10;

/// One run over all shards.
#[derive(Debug)]
pub(crate) struct Sweep<'a> {
    pub(crate) context: &'a Context,
    pub(crate) now: Timestamp,
    /// Per queue: whether it was long when this sweep first had a job for it.
    is_long: [OnceCell<bool>; Queue::ALL.len()],
}

impl<'a> Sweep<'a> {
    pub(crate) fn at(context: &'a Context, now: Timestamp) -> Self {
        Self { context, now, is_long: [const { OnceCell::const_new() }; Queue::ALL.len()] }
    }

    /// Sends the jobs whose queues are not long.
    pub(crate) async fn send(&self, jobs: Vec<OutgoingJob>) -> Result<(), QueueError> {
        let mut to_send = Vec::with_capacity(jobs.len());
        for job in jobs {
            if !self.is_left_alone(job.job.queue()).await {
                // A second sweep within the same minute gets the same ids, so SQS drops its jobs.
                to_send.push(job.nudged(minute(self.now)));
            }
        }
        self.context.queues.send(to_send).await
    }

    async fn is_left_alone(&self, queue: Queue) -> bool {
        if minute(self.now).is_multiple_of(LONG_QUEUE_MINUTES) {
            return false;
        }
        // Measured once, so that jobs of the first shards do not keep back those of the last ones.
        *self.is_long[queue as usize].get_or_init(|| self.ask_if_long(queue)).await
    }

    /// A queue that cannot be measured counts as short.
    async fn ask_if_long(&self, queue: Queue) -> bool {
        let name = queue.name();
        match self.context.queues.waiting_count(queue).await {
            Ok(waiting @ LONG_QUEUE_JOBS_MIN..) => {
                tracing::info!(
                    queue = name,
                    waiting,
                    "Sent no jobs to {name}, because {waiting} jobs are waiting there"
                );
                true
            }
            Ok(_) => false,
            Err(error) => {
                tracing::warn!(
                    queue = name,
                    error = chain(&error),
                    "Could not count the jobs that are waiting in {name}, so sends more"
                );
                false
            }
        }
    }
}
