//! The pollers of every queue and the scheduled jobs, in place of event source mappings and schedules.

use crate::concurrency::Concurrency;
use crate::local_stage::quick_round::QuickRound;
use crate::memory;
use evens_block_sources::Blocks;
use evens_contracts::{Queue, QueuedJob};
use evens_game_clock::GameClock;
use evens_monitor::Monitor;
use evens_reconcile::Reconciler;
use evens_runtime::{Context, Function, JobHandler, ScheduleHandler, poll, repeat, stopped};
use evens_verify::Verifier;
use evens_workers::{Outside, WithWorker, with_worker};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{interval, sleep};

/// How often the sweeper looks for lost jobs.
const SWEEP_PERIOD: Duration = Duration::from_mins(1);

/// How often the clock advances the periods of games.
const GAME_CLOCK_PERIOD: Duration = Duration::from_secs(1);

/// How often queue lengths and memory are measured.
const LOOK_PERIOD: Duration = Duration::from_secs(30);

/// How often the counts of traffic are sampled for their history.
const SAMPLE_PERIOD: Duration = Duration::from_secs(5);

/// How often days of payment providers without a report are reconciled.
const RECONCILE_PERIOD: Duration = Duration::from_hours(1);

/// Reports are not urgent, so the start of the system comes first.
const RECONCILE_DELAY: Duration = Duration::from_mins(10);

/// How often all books are verified.
const VERIFY_PERIOD: Duration = Duration::from_hours(1);

/// The period of the quick round's clock.
const QUICK_ROUND_PERIOD: Duration = Duration::from_secs(1);

/// Early enough that monitoring sees a result before its absence raises an alarm.
const VERIFY_DELAY: Duration = Duration::from_mins(5);

/// Starts all workers. Once `stop` is set, they take no new work and end after their current work.
pub(crate) fn start(
    context: &Context,
    outside: &Outside,
    blocks: Option<Arc<dyn Blocks>>,
    quick_round: Option<QuickRound>,
    concurrency: &Concurrency,
    stop: &watch::Receiver<bool>,
) -> JoinSet<()> {
    let mut workers = Workers { context, concurrency, stop, started: JoinSet::new() };
    for queue in Queue::ALL {
        with_worker(queue, outside, StartPollers(&mut workers));
    }
    workers.start_schedule(Duration::ZERO, SWEEP_PERIOD, evens_sweep::handle);
    workers.start_schedule(Duration::ZERO, GAME_CLOCK_PERIOD, GameClock::for_a_second(blocks));
    if let Some(quick_round) = quick_round {
        workers.start_schedule(Duration::ZERO, QUICK_ROUND_PERIOD, quick_round);
    }
    workers.start_schedule(Duration::ZERO, LOOK_PERIOD, Monitor::default());
    let reconciler = Reconciler::new(outside.payments.clone());
    workers.start_schedule(RECONCILE_DELAY, RECONCILE_PERIOD, reconciler);
    workers.start_schedule(VERIFY_DELAY, VERIFY_PERIOD, Verifier::on_one_box());
    let mut workers = workers.started;
    workers.spawn(memory::watch(context.metrics.clone(), LOOK_PERIOD, stopped(stop.clone())));
    workers.spawn(sample_traffic(context.clone(), stopped(stop.clone())));
    workers
}

/// The started workers and the values passed to each.
struct Workers<'a> {
    context: &'a Context,
    concurrency: &'a Concurrency,
    stop: &'a watch::Receiver<bool>,
    started: JoinSet<()>,
}

struct StartPollers<'a, 'b>(&'a mut Workers<'b>);

impl WithWorker for StartPollers<'_, '_> {
    type Answer = ();

    fn call<H, J>(self, _: Function, handler: H)
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
    fn start_schedule<H>(&mut self, delay: Duration, period: Duration, handler: H)
    where
        H: for<'a> ScheduleHandler<'a> + 'static,
    {
        let (context, stop) = (self.context.clone(), self.stop.clone());
        self.started.spawn(async move {
            tokio::select! {
                () = sleep(delay) => repeat(&context, period, &handler, stopped(stop)).await,
                () = stopped(stop.clone()) => {}
            }
        });
    }
}

async fn sample_traffic(context: Context, shutdown: impl Future<Output = ()>) {
    let mut shutdown = pin!(shutdown);
    let mut ticks = interval(SAMPLE_PERIOD);
    loop {
        tokio::select! {
            () = &mut shutdown => return,
            _ = ticks.tick() => context.metrics.sample_traffic(context.clock.now().as_millisecond()),
        }
    }
}
