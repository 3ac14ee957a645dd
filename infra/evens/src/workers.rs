//! The pollers of every queue and the sweeper's schedule, in the place of event source mappings and schedules.

use crate::concurrency::Concurrency;
use crate::memory;
use evens_contracts::{Queue, QueuedJob};
use evens_monitor::Monitor;
use evens_runtime::{Context, JobHandler, ScheduleHandler, poll, repeat};
use evens_workers::{Outside, WithWorker, with_worker};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// How often what was left behind is looked for.
const SWEEP_PERIOD: Duration = Duration::from_mins(1);

/// How often queues and memory are looked at.
const LOOK_PERIOD: Duration = Duration::from_secs(30);

/// Starts all workers. They take no new work once `stop` says so, and end when what they hold is done.
pub(crate) fn start(
    context: &Context,
    outside: &Outside,
    concurrency: &Concurrency,
    stop: &watch::Receiver<bool>,
) -> JoinSet<()> {
    let mut workers = Workers { context, concurrency, stop, started: JoinSet::new() };
    for queue in Queue::ALL {
        with_worker(queue, outside, StartPollers(&mut workers));
    }
    workers.start_schedule(SWEEP_PERIOD, evens_sweep::handle);
    workers.start_schedule(LOOK_PERIOD, Monitor::default());
    let mut workers = workers.started;
    workers.spawn(memory::watch(context.metrics.clone(), LOOK_PERIOD, stopped(stop.clone())));
    workers
}

/// The workers that were started, and what each of them is given.
struct Workers<'a> {
    context: &'a Context,
    concurrency: &'a Concurrency,
    stop: &'a watch::Receiver<bool>,
    started: JoinSet<()>,
}

/// Starts the pollers of a queue.
struct StartPollers<'a, 'b>(&'a mut Workers<'b>);

impl WithWorker for StartPollers<'_, '_> {
    type Answer = ();

    fn call<H, J>(self, _: &'static str, handler: H)
    where
        J: QueuedJob + 'static,
        H: for<'a> JobHandler<'a, J> + Clone + 'static,
    {
        let (Self(workers), queue) = (self, J::QUEUE);
        let pollers = workers.concurrency.of(queue);
        for _ in 0..pollers {
            let (context, stop, handler) = (workers.context.clone(), workers.stop.clone(), handler.clone());
            workers.started.spawn(async move { poll(&context, &handler, stopped(stop)).await });
        }
        tracing::info!(queue = queue.name(), pollers, "Started the pollers of {}", queue.name());
    }
}

impl Workers<'_> {
    fn start_schedule<H>(&mut self, period: Duration, handler: H)
    where
        H: for<'a> ScheduleHandler<'a> + 'static,
    {
        let (context, stop) = (self.context.clone(), self.stop.clone());
        self.started.spawn(async move { repeat(&context, period, &handler, stopped(stop)).await });
    }
}

/// Resolves when it is time to stop.
pub(crate) async fn stopped(mut stop: watch::Receiver<bool>) {
    // An error means that nobody is left who could say so.
    let _ = stop.wait_for(|stop| *stop).await;
}
