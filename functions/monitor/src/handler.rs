//! One check of all queues.

use crate::judgement::{Backlog, backlog, is_high_failure_rate};
use evens_contracts::Queue;
use evens_metrics::{JobCounts, QueueState};
use evens_queues::QueueDepth;
use evens_runtime::{Context, JobDone, JobError, ScheduleHandler};
use futures::future::{BoxFuture, try_join_all};
use jiff::Timestamp;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tracing::warn;

/// Checks all queues. It remembers the previous counts to find new failures. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Monitor {
    seen: Arc<Mutex<HashMap<Queue, JobCounts>>>,
}

impl<'a> ScheduleHandler<'a> for Monitor {
    type Run = BoxFuture<'a, Result<JobDone, JobError>>;

    fn run(&self, context: &'a Context, _now: Timestamp) -> Self::Run {
        let monitor = self.clone();
        Box::pin(async move { monitor.look(context).await })
    }
}

impl Monitor {
    /// Reports the depth of each queue. If one queue cannot be read, nothing is reported.
    async fn look(&self, context: &Context) -> Result<JobDone, JobError> {
        let depths = try_join_all(Queue::ALL.map(async |queue| context.queues.depth(queue).await)).await?;
        for (queue, depth) in Queue::ALL.into_iter().zip(depths) {
            tell(context, queue, depth);
            self.tell_failures(context, queue);
        }
        Ok(JobDone("checked the queues"))
    }

    /// Reports jobs that this process finished since the last check. On Lambda other processes finish them, and an
    /// alarm compares their metrics.
    fn tell_failures(&self, context: &Context, queue: Queue) {
        let now = context.metrics.jobs(queue);
        let before = self.seen.lock().unwrap_or_else(PoisonError::into_inner).insert(queue, now);
        let before = before.unwrap_or_default();
        let jobs = JobCounts {
            completed: now.completed.saturating_sub(before.completed),
            failed: now.failed.saturating_sub(before.failed),
        };
        if is_high_failure_rate(jobs) {
            let (queue, JobCounts { completed, failed }) = (queue.name(), jobs);
            warn!(
                queue,
                completed,
                failed,
                "HIGH FAILURE RATE: {queue} gave up {failed} jobs and completed {completed} since the last check"
            );
        }
    }
}

fn tell(context: &Context, queue: Queue, depth: QueueDepth) {
    let QueueDepth { waiting, in_flight, dead_letters, .. } = depth;
    context.metrics.queue_holds(queue, QueueState { waiting, in_flight, dead_letters });
    context.metrics.update_oldest_age(queue);
    let queue = queue.name();
    match backlog(waiting) {
        Backlog::Normal => {}
        Backlog::High => {
            warn!(queue, waiting, in_flight, "HIGH BACKLOG: {waiting} jobs are waiting in {queue}");
        }
        Backlog::Critical => {
            warn!(
                queue,
                waiting, in_flight, "HIGH BACKLOG: {waiting} jobs are waiting in {queue}, a critical level"
            );
        }
    }
}
