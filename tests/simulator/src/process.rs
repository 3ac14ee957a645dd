//! A process of the system: routes, pollers and sweeper. It can be killed at any await, and then starts again.

use crate::asked::CurrentRequest;
use crate::blocks::SimulatedBlocks;
use crate::clients::{context, urls_of};
use crate::hazard::Hazard;
use crate::keys::Keys;
use crate::pages::{NoTransport, ServerEnd, start_hub};
use crate::provider::{ProviderSetup, payee_keys};
use crate::touched::{function_of, on_behalf_of};
use crate::world::{Who, World};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use embedded_sqs::core::QueueId;
use embedded_sqs::core::requests::QueueName;
use evens_block_sources::Blocks;
use evens_contracts::{Queue, QueuedJob, TraceParent};
use evens_game_clock::GameClock;
use evens_games::Room;
use evens_place_bet::RoundOpener;
use evens_providers::Payments;
use evens_runtime::telemetry::chain;
use evens_runtime::{
    Context, Function, JobDone, JobError, JobHandler, ScheduleHandler, Settings, poll, repeat,
};
use evens_workers::{Outside, WithWorker, with_worker};
use futures::future::BoxFuture;
use jiff::Timestamp;
use std::future::pending;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tower::ServiceExt;

/// The configuration of a process.
#[derive(Clone)]
pub(crate) struct Setup {
    pub(crate) settings: Arc<Settings>,
    pub(crate) rounds_opened_by: RoundOpener,
    pub(crate) keys: Arc<Keys>,
    pub(crate) provider: ProviderSetup,
    /// Pollers per queue.
    pub(crate) pollers: usize,
    pub(crate) sweep_period: Duration,
    pub(crate) clocks: Clocks,
    /// Set if the process serves the live channel.
    pub(crate) has_pages: bool,
}

/// The game clocks.
#[derive(Clone)]
pub(crate) struct Clocks {
    /// The number of processes that run a clock.
    pub(crate) count: usize,
    pub(crate) rooms: Vec<Room>,
    /// Set if some periods are drawn by blocks.
    pub(crate) has_blocks: bool,
    /// The clocks run until the sender is dropped.
    pub(crate) playing: watch::Receiver<()>,
}

/// A request to a process from outside. A dropped sender means a lost connection.
pub(crate) enum Ask {
    Http(Box<Request<Body>>, oneshot::Sender<Response<Body>>),
    Run(Work),
    /// Opens a socket.
    Socket(ServerEnd),
    /// Stops for good.
    Retire,
}

/// Work besides routes and queues.
pub(crate) type Work = Box<dyn FnOnce(Context) -> BoxFuture<'static, ()> + Send>;

/// The channel for requests to a process.
pub(crate) type Door = mpsc::UnboundedSender<Ask>;

/// Runs work in a process. Returns `None` if its outcome is unknown.
pub(crate) async fn run_in<T, Running>(
    door: &Door,
    work: impl FnOnce(Context) -> Running + Send + 'static,
) -> Option<T>
where
    T: Send + 'static,
    Running: Future<Output = T> + Send + 'static,
{
    let (answer, answered) = oneshot::channel();
    let work = |context| -> BoxFuture<'static, ()> {
        let working = work(context);
        // Sending fails if the caller has given up.
        Box::pin(async move { drop(answer.send(working.await)) })
    };
    door.send(Ask::Run(Box::new(work))).ok()?;
    timeout(PATIENCE, answered).await.ok()?.ok()
}

/// The timeout of clients.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Starts a process, which restarts whenever it ends.
pub(crate) fn start(world: &World, number: usize, setup: Setup) -> Door {
    let (door, asked) = mpsc::unbounded_channel();
    tokio::spawn(keep_running(world.clone(), number, setup, asked));
    door
}

#[derive(Debug, PartialEq, Eq)]
enum End {
    Crashed,
    Retired,
}

async fn keep_running(world: World, number: usize, setup: Setup, mut asked: mpsc::UnboundedReceiver<Ask>) {
    loop {
        let end = run(&world, number, &setup, &mut asked).await;
        if end == End::Retired {
            return;
        }
        let down = {
            let mut state = world.lock();
            let longest = state.dice.pick(&[100, 1_000, 20_000]).unwrap_or(1_000);
            state.dice.milliseconds(10..=longest)
        };
        let mut up = pin!(world.sleep(down));
        // Requests during the downtime are refused.
        loop {
            tokio::select! {
                biased;
                () = &mut up => break,
                ask = asked.recv() => match ask {
                    None | Some(Ask::Retire) => return,
                    Some(ask) => drop(ask),
                },
            }
        }
    }
}

/// One life of a process. All its tasks are in a set that ends with it.
async fn run(world: &World, number: usize, setup: &Setup, asked: &mut mpsc::UnboundedReceiver<Ask>) -> End {
    let who = Who::Process(number);
    let (crash, skew_ms, life) = {
        let mut state = world.lock();
        let skews = state.strike(Hazard::Skew);
        let skew_ms = if skews { state.dice.number(0..=4_000).cast_signed() - 2_000 } else { 0 };
        let life =
            if state.strike(Hazard::CrashAtTimer) { state.dice.number(100..=120_000) } else { u64::MAX };
        (state.crashes.get(number).cloned().unwrap_or_default(), skew_ms, life)
    };
    world.note(who, format_args!("starts, {skew_ms} ms early"));
    let mut context = context(world, who, skew_ms, &setup.settings, &setup.keys);
    let mut tasks = JoinSet::new();
    // The process ends without notice, so the hub never stops by itself.
    let (_stop, going_on) = watch::channel(false);
    let hub = setup.has_pages.then(|| start_hub(&mut tasks, world, &mut context, going_on));
    let payments = setup.provider.payments(world, who, &context.clock);
    start_workers(&mut tasks, world, who, &context, setup, &payments);
    let router = router(context.clone(), setup, payments);
    let mut old_age = pin!(async {
        match life {
            u64::MAX => pending().await,
            life => tokio::time::sleep(Duration::from_millis(life)).await,
        }
    });
    let end = loop {
        tokio::select! {
            biased;
            () = crash.notified() => break End::Crashed,
            () = &mut old_age => {
                world.note(who, format_args!("CRASH at a timer"));
                break End::Crashed;
            }
            ask = asked.recv() => match ask {
                None | Some(Ask::Retire) => break End::Retired,
                Some(Ask::Http(request, answer)) => {
                    let (router, asked) = (router.clone(), CurrentRequest::of(&request));
                    let function = function_of(&request);
                    tasks.spawn(asked.scope(on_behalf_of(function, async move {
                        let Ok(response) = router.oneshot(*request).await;
                        let _ = answer.send(response);
                    })));
                }
                Some(Ask::Socket(wire)) => {
                    if let Some(hub) = hub.clone() {
                        let context = context.clone();
                        let silence = NoTransport::HELLO_WITHIN;
                        tasks.spawn(async move { hub.serve(&context, wire, NoTransport, silence).await });
                    }
                }
                Some(Ask::Run(work)) => {
                    tasks.spawn(work(context.clone()));
                }
            },
            Some(_) = tasks.join_next() => {}
        }
    };
    drop(tasks);
    world.note(who, format_args!("ended"));
    end
}

fn router(context: Context, setup: &Setup, payments: Payments) -> Router {
    let exclusions = evens_exclusion_register::Exclusions::default();
    let routes = Router::new()
        .merge(evens_bets::router())
        .merge(evens_deposits::router(payments.clone(), exclusions.clone()))
        .merge(evens_limits::router())
        .merge(evens_game_bets::router())
        .merge(evens_jackpot_pools::router())
        .merge(evens_operate_games::router())
        .merge(setup.provider.cashier_routes())
        .merge(evens_operate_rounds::router())
        .merge(evens_payment_callbacks::router(payments.clone()))
        .merge(evens_periods::router())
        .merge(evens_place_bet::router(exclusions.clone(), setup.rounds_opened_by))
        .merge(evens_place_game_bet::router(exclusions.clone()))
        .merge(evens_request_refund::router())
        .merge(evens_rounds::router())
        .merge(evens_wallet::router())
        .merge(evens_withdrawals::router(payments, payee_keys(), exclusions));
    evens_http::serve_layers(routes, context)
}

fn start_workers(
    tasks: &mut JoinSet<()>,
    world: &World,
    who: Who,
    context: &Context,
    setup: &Setup,
    payments: &Payments,
) {
    let outside = Outside { payments: payments.clone(), payee_keys: payee_keys(), ..Outside::none() };
    for queue in Queue::ALL {
        let pollers = setup.pollers;
        with_worker(queue, &outside, StartPollers { tasks, world, who, context, pollers });
    }
    if matches!(who, Who::Process(number) if number < setup.clocks.count) {
        let Clocks { rooms, has_blocks, playing, .. } = setup.clocks.clone();
        let context = context.clone();
        let blocks = || -> Arc<dyn Blocks> { Arc::new(SimulatedBlocks { world: world.clone(), who }) };
        let clock = GameClock::for_a_second(has_blocks.then(blocks)).with_rooms(rooms);
        let ticking = async move { repeat(&context, CLOCK_PERIOD, &clock, until_play_ends(playing)).await };
        tasks.spawn(on_behalf_of(Some("game-clock"), ticking));
    }
    if who == Who::Process(0) {
        let (context, period) = (context.clone(), setup.sweep_period);
        let sweeper = Sweeper { world: world.clone(), who };
        let sweeping = async move { repeat(&context, period, &sweeper, pending()).await };
        tasks.spawn(on_behalf_of(Some("sweep"), sweeping));
    }
}

/// Waits until the sender is dropped.
async fn until_play_ends(mut playing: watch::Receiver<()>) {
    while playing.changed().await.is_ok() {}
}

/// Starts the pollers of one queue, which share a worker.
struct StartPollers<'a> {
    tasks: &'a mut JoinSet<()>,
    world: &'a World,
    who: Who,
    context: &'a Context,
    pollers: usize,
}

impl WithWorker for StartPollers<'_> {
    type Answer = ();

    fn call<H, J>(self, function: Function, handler: H)
    where
        J: QueuedJob + 'static,
        H: for<'a> JobHandler<'a, J> + Clone + 'static,
    {
        for _ in 0..self.pollers {
            let polling = poll_for_ever(self.world.clone(), self.who, self.context.clone(), handler.clone());
            self.tasks.spawn(on_behalf_of(Some(function.folder), polling));
        }
    }
}

/// A poller that sleeps while its queue is empty, instead of receiving every 20 seconds.
async fn poll_for_ever<H, J>(world: World, who: Who, context: Context, handler: H)
where
    J: QueuedJob + 'static,
    H: for<'a> JobHandler<'a, J> + Clone + 'static,
{
    let handler = Noted { world: world.clone(), who, handler };
    loop {
        until(&world, J::QUEUE, |backlog| backlog > 0).await;
        poll(&context, &handler, until(&world, J::QUEUE, |backlog| backlog == 0)).await;
    }
}

/// Waits until the number of messages in a queue, visible or not, satisfies `holds`.
async fn until(world: &World, queue: Queue, holds: impl Fn(u64) -> bool) {
    let Some(id) = queue_id(world, &urls_of(queue).main) else { return };
    loop {
        let stirred = world.lock().backlogs.stirred(id);
        let mut stirred = pin!(stirred.notified());
        stirred.as_mut().enable();
        if holds(world.lock().backlogs.of(id)) {
            return;
        }
        stirred.await;
    }
}

fn queue_id(world: &World, url: &str) -> Option<QueueId> {
    world.lock().queues.queue_id(&QueueName::from_url(url)).ok()
}

/// The number of messages in a queue.
pub(crate) fn backlog(world: &World, url: &str) -> u64 {
    queue_id(world, url).map(|id| world.lock().backlogs.of(id)).unwrap_or_default()
}

/// A handler that traces the result of each job.
#[derive(Clone)]
struct Noted<H> {
    world: World,
    who: Who,
    handler: H,
}

impl<'a, H, J> JobHandler<'a, J> for Noted<H>
where
    J: QueuedJob,
    H: JobHandler<'a, J, Handling: Send>,
{
    type Handling = BoxFuture<'a, Result<JobDone, JobError>>;

    fn handle(&self, context: &'a Context, job: J, now: Timestamp) -> Self::Handling {
        let (world, who, id) = (self.world.clone(), self.who, job.clone().into().id());
        let handling = self.handler.handle(context, job, now);
        Box::pin(async move {
            let handled = handling.await;
            match &handled {
                Ok(JobDone(outcome)) => {
                    world.note(who, format_args!("job {id}: {outcome}"));
                    let now_ms = world.elapsed_ms();
                    world.lock().deliveries.done(who, id, now_ms);
                }
                Err(error) => world.note(who, format_args!("job {id} failed: {}", chain(error))),
            }
            handled
        })
    }
}

/// The trace parent of the sweeper's own messages. Messages that follow from them have another one.
pub(crate) fn sweep_step() -> TraceParent {
    TraceParent::start([7; 24])
}

/// The interval of the game clock.
const CLOCK_PERIOD: Duration = Duration::from_secs(1);

/// A restart does not reset the schedule.
const SWEEP_PAUSE_MS: u64 = 30_000;

/// The sweeper, whose schedule may skip runs.
struct Sweeper {
    world: World,
    who: Who,
}

impl<'a> ScheduleHandler<'a> for Sweeper {
    type Run = BoxFuture<'a, Result<JobDone, JobError>>;

    fn run(&self, context: &'a Context, now: Timestamp) -> Self::Run {
        let (world, who) = (self.world.clone(), self.who);
        Box::pin(async move {
            if world.lock().strike(Hazard::SweepSkipped) {
                world.note(who, format_args!("sweep skipped"));
                return Ok(JobDone("skipped"));
            }
            let now_ms = world.elapsed_ms();
            let last_ms = world.lock().swept_ms.replace(now_ms);
            if last_ms.is_some_and(|last_ms| now_ms - last_ms < SWEEP_PAUSE_MS) {
                return Ok(JobDone("swept before"));
            }
            world.note(who, format_args!("sweeps"));
            let queues = context.queues.following(sweep_step());
            evens_sweep::handle(&Context { queues, ..context.clone() }, now).await
        })
    }
}
