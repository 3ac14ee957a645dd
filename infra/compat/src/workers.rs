//! The pollers of every queue and the sweeper's schedule, in the place of event source mappings and schedules.

use evens_contracts::Queue;
use evens_notifications::Notifications;
use evens_runtime::{Context, JobHandler, poll, repeat};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// How often what was left behind is looked for.
const SWEEP_PERIOD: Duration = Duration::from_mins(1);

/// Starts all workers. They take no new work once `stop` says so, and end when what they hold is done.
pub(crate) fn start(
    context: &Context,
    notifications: Notifications,
    stop: &watch::Receiver<bool>,
) -> JoinSet<()> {
    let mut workers = JoinSet::new();
    start_pollers(&mut workers, context, stop, Queue::Match, evens_match::handle);
    start_pollers(&mut workers, context, stop, Queue::Settle, evens_settle::handle);
    start_pollers(&mut workers, context, stop, Queue::Refund, evens_refund::handle);
    start_pollers(&mut workers, context, stop, Queue::Rounds, evens_finish_round::handle);
    start_pollers(&mut workers, context, stop, Queue::Registration, evens_registration::handle);
    start_pollers(&mut workers, context, stop, Queue::Attendance, evens_attendance::handle);
    start_pollers(&mut workers, context, stop, Queue::Notifications, notifications);
    let (context, stop) = (context.clone(), stop.clone());
    workers.spawn(async move { repeat(&context, SWEEP_PERIOD, &evens_sweep::handle, stopped(stop)).await });
    workers
}

fn start_pollers<H>(
    workers: &mut JoinSet<()>,
    context: &Context,
    stop: &watch::Receiver<bool>,
    queue: Queue,
    handler: H,
) where
    H: for<'a> JobHandler<'a> + Clone + 'static,
{
    for _ in 0..queue.rules().concurrency {
        let (context, stop, handler) = (context.clone(), stop.clone(), handler.clone());
        workers.spawn(async move { poll(&context, queue, &handler, stopped(stop)).await });
    }
    tracing::info!(
        queue = queue.name(),
        pollers = queue.rules().concurrency,
        "Started the pollers of {}",
        queue.name()
    );
}

/// Resolves when it is time to stop.
pub(crate) async fn stopped(mut stop: watch::Receiver<bool>) {
    // An error means that nobody is left who could say so.
    let _ = stop.wait_for(|stop| *stop).await;
}
