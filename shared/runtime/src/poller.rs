//! The pollers of the `evens` binary, which replace Lambda's event source mappings and schedules.

use crate::telemetry::{chain, milliseconds};
use crate::{Context, JobDone, JobHandler, ScheduleHandler, Span, SpanKind, process_batch};
use evens_contracts::{QueuedJob, TraceParent};
use evens_queues::Message;
use futures::FutureExt;
use std::collections::HashSet;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior};
use tracing::{Instrument, error, info, info_span, warn};

/// The longest wait that SQS allows.
const POLL_WAIT: Duration = Duration::from_secs(20);
const BACKOFF_MIN: Duration = Duration::from_millis(200);
const BACKOFF_MAX: Duration = Duration::from_secs(20);

/// Receives and processes batches, one after another, of the queue whose jobs the handler takes, until `shutdown`. Then
/// it finishes the current batch and returns. The queue's concurrency is the number of pollers that the caller runs.
pub async fn poll<H, J>(context: &Context, handler: &H, shutdown: impl Future<Output = ()>)
where
    J: QueuedJob,
    H: for<'a> JobHandler<'a, J>,
{
    let mut shutdown = pin!(shutdown);
    let mut failures = 0;
    loop {
        let received = tokio::select! {
            // A cancelled poll may already have been answered. Those messages reappear after their visibility timeout.
            biased;
            () = &mut shutdown => return,
            received = context.queues.receive(J::QUEUE, POLL_WAIT) => received,
        };
        match received {
            Ok(messages) => {
                failures = 0;
                work(context, messages, handler).await;
            }
            Err(error) => {
                let pause = backoff(failures);
                failures += 1;
                let (queue, pause_ms) = (J::QUEUE.name(), milliseconds(pause));
                let error = chain(&error);
                warn!(
                    queue,
                    error, pause_ms, "Could not receive from the queue {queue}, retrying in {pause_ms} ms"
                );
                tokio::select! {
                    biased;
                    () = &mut shutdown => return,
                    () = tokio::time::sleep(pause) => {}
                }
            }
        }
    }
}

async fn work<H, J>(context: &Context, messages: Vec<Message>, handler: &H)
where
    J: QueuedJob,
    H: for<'a> JobHandler<'a, J>,
{
    if messages.is_empty() {
        return;
    }
    let receipts: Vec<_> =
        messages.iter().map(|message| (message.id.clone(), message.receipt.clone())).collect();
    let unfinished: HashSet<String> = process_batch(context, messages, handler).await.into_iter().collect();
    let finished = receipts.into_iter().filter(|(id, _)| !unfinished.contains(id));
    let finished = finished.map(|(_, receipt)| receipt).collect();
    if let Err(error) = context.queues.delete(J::QUEUE, finished).await {
        let (queue, error) = (J::QUEUE.name(), chain(&error));
        warn!(
            queue,
            error, "Could not delete finished messages of the queue {queue}; their jobs will run again"
        );
    }
}

/// Runs the handler every `period` until `shutdown`. A long run delays the next one: two never overlap.
pub async fn repeat<H>(context: &Context, period: Duration, handler: &H, shutdown: impl Future<Output = ()>)
where
    H: for<'a> ScheduleHandler<'a>,
{
    let mut shutdown = pin!(shutdown);
    let mut ticks = tokio::time::interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            () = &mut shutdown => return,
            _ = ticks.tick() => {}
        }
        // A failure is logged, and the next run reads the table again.
        let _ = run_once(context, handler).await;
    }
}

/// One logged run of a schedule. The error contains no cause; the log does.
pub(crate) async fn run_once<H>(context: &Context, handler: &H) -> Result<(), RunFailed>
where
    H: for<'a> ScheduleHandler<'a>,
{
    // Each run is a trace of its own, which its jobs continue.
    let traceparent = context.entropy.next_step(None);
    let context = &Context { queues: context.queues.following(traceparent), ..context.clone() };
    let span = info_span!("run", trace_id = traceparent.trace_id());
    run_traced(context, traceparent, handler).instrument(span).await
}

async fn run_traced<H>(context: &Context, id: TraceParent, handler: &H) -> Result<(), RunFailed>
where
    H: for<'a> ScheduleHandler<'a>,
{
    let started = Instant::now();
    let run = async { handler.run(context, context.clock.now()).await };
    let outcome = AssertUnwindSafe(run).catch_unwind().await;
    let duration = started.elapsed();
    let duration_ms = milliseconds(duration);
    let finish_span = |failure: Option<String>| {
        context.spans.finish(&id.trace_id(), || Span {
            id,
            parent: None,
            kind: SpanKind::Run,
            name: "scheduled run".to_owned(),
            ended_at: context.clock.now(),
            duration,
            attributes: Vec::new(),
            failure,
        });
    };
    match outcome {
        // Neither logged nor traced, because a run per second would flood both.
        Ok(Ok(JobDone::NOTHING_DUE)) => Ok(()),
        Ok(Ok(JobDone(outcome))) => {
            finish_span(None);
            info!(outcome, duration_ms, "Finished the scheduled run: {outcome}");
            Ok(())
        }
        Ok(Err(error)) => {
            finish_span(Some(chain(&error)));
            error!(error = chain(&error), duration_ms, "The scheduled run failed");
            Err(RunFailed)
        }
        Err(_panic) => {
            finish_span(Some("panic".to_owned()));
            error!(duration_ms, "The scheduled run panicked");
            Err(RunFailed)
        }
    }
}

/// A scheduled run failed.
#[derive(Debug, thiserror::Error)]
#[error("the scheduled run failed; the log says why")]
pub(crate) struct RunFailed;

/// Full jitter with a bound that doubles with each failure, so that pollers do not all return at once.
fn backoff(failures: u32) -> Duration {
    let bound = BACKOFF_MIN.saturating_mul(1 << failures.min(16)).min(BACKOFF_MAX);
    Duration::from_millis(fastrand::u64(milliseconds(BACKOFF_MIN / 2)..=milliseconds(bound)))
}
