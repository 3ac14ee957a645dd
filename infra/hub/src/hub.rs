//! [`Hub`]: reads changed states and sends them to the sockets of this process.

use crate::announcer::Announcer;
use crate::authenticate::may_stay;
use crate::members::{Hint, Members, Socket};
use crate::read::{self, ReadError, State};
use crate::socket::{self, Transport, Wire};
use crate::staff;
use evens_contracts::{JackpotBody, LiveEvent, ReviewBody};
use evens_jackpot_pools::read_jackpots;
use evens_ledger::UserId;
use evens_live::{Connection, EventId, KnownRevisions, Room, Session};
use evens_metrics::{Metrics, SocketRefusal};
use evens_runtime::telemetry::chain;
use evens_runtime::{ChangeListener, Clock, Context, stopped};
use evens_store::{ChangedItem, StoreError};
use jiff::SignedDuration;
use std::collections::BTreeSet;
use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

/// The sockets of this process.
#[derive(Debug)]
pub struct Hub {
    /// A permit for each snapshot that may be read at once.
    snapshots: Semaphore,
    pub(crate) stop: watch::Receiver<bool>,
    clock: Clock,
    announcer: Announcer,
    members: Mutex<Members>,
    sockets_at_stop: AtomicUsize,
    /// The jackpots as they were sent last.
    jackpots: Mutex<Vec<JackpotBody>>,
    /// The orders that wait for a cashier, as they were sent last.
    review: Mutex<Option<ReviewBody>>,
    metrics: Metrics,
    has_hints: Notify,
}

impl Hub {
    /// The number of states that are read at once for all sockets.
    const READERS: usize = 8;
    const SNAPSHOTS_AT_ONCE: usize = 16;
    /// Totals of a round are sent at most once in this time.
    const TOTALS_PERIOD: Duration = Duration::from_secs(1);
    /// Jackpots are read this often while a socket wants them. A win is read at once.
    const JACKPOTS_PERIOD: Duration = Duration::from_secs(2);
    /// Numbers of staff are read this often while a socket wants them, and sockets are counted this often.
    const STAFF_PERIOD: Duration = Duration::from_secs(1);
    /// Queues are read less often: the age of a dead letter is known only by receiving it, which hides it from others
    /// for a moment.
    const QUEUES_PERIOD: Duration = Duration::from_secs(5);
    /// Accounts of sockets in rooms of staff are read this often, because the announcement of a change can be lost.
    const ACCOUNTS_PERIOD: Duration = Duration::from_secs(10);

    /// A hub without sockets, which receives the changes that the context's store makes.
    pub fn new(context: &Context, stop: watch::Receiver<bool>) -> Arc<Self> {
        let hub = Arc::new(Self {
            snapshots: Semaphore::new(Self::SNAPSHOTS_AT_ONCE),
            stop,
            clock: context.clock.clone(),
            announcer: Announcer::new(context),
            members: Mutex::default(),
            sockets_at_stop: AtomicUsize::new(0),
            jackpots: Mutex::default(),
            review: Mutex::default(),
            metrics: context.metrics.clone(),
            has_hints: Notify::new(),
        });
        context.changes.listen(hub.clone());
        hub
    }

    /// Serves a socket until it ends. It ends if the client has not said `hello` within that time.
    pub fn serve<'a>(
        &'a self,
        context: &'a Context,
        wire: impl Wire + 'a,
        transport: impl Transport + 'a,
        hello_within: SignedDuration,
    ) -> impl Future<Output = ()> + Send + 'a {
        socket::run(self, context, wire, transport, hello_within)
    }

    /// The states of these rooms that a client lacks, as many as fit into a frame. Also returns `true` if there are
    /// more.
    ///
    /// # Errors
    /// The table does not answer.
    pub async fn snapshot(
        &self,
        context: &Context,
        rooms: &[Room],
        known: &KnownRevisions,
    ) -> Result<(Vec<LiveEvent>, bool), ReadError> {
        // The semaphore is never closed.
        let _permit = self.snapshots.acquire().await;
        read::snapshot(context, rooms, known).await
    }

    /// Starts the readers and the clocks. They end when it is time to stop.
    pub fn start(self: &Arc<Self>, context: &Context, workers: &mut JoinSet<()>) {
        for _ in 0..Self::READERS {
            let (hub, context) = (self.clone(), context.clone());
            self.spawn(workers, async move { hub.read_hints(&context).await });
        }
        let (hub, of_hub) = (self.clone(), context.clone());
        self.spawn(workers, async move { hub.announcer.announce(&of_hub).await });
        let (hub, of_hub) = (self.clone(), context.clone());
        self.spawn(workers, async move { hub.announcer.be_present(&of_hub).await });
        let (hub, of_hub) = (self.clone(), context.clone());
        self.spawn(workers, async move { hub.announcer.listen(&of_hub, |changed| hub.hear(changed)).await });
        let hub = self.clone();
        self.spawn(workers, async move {
            let hint_totals = |members: &mut Members| members.hint_stale_totals();
            hub.tick(Self::TOTALS_PERIOD, hint_totals).await;
        });
        let hub = self.clone();
        self.spawn(workers, async move {
            let hint_jackpots = |members: &mut Members| {
                if members.has_members(&Room::Jackpots) {
                    members.hints.add(Hint::State(EventId::Jackpots));
                }
            };
            hub.tick(Self::JACKPOTS_PERIOD, hint_jackpots).await;
        });
        let hub = self.clone();
        self.spawn(workers, async move {
            let hint_numbers = |members: &mut Members| {
                members.count(&hub.metrics);
                members.hint_staff();
            };
            hub.tick(Self::STAFF_PERIOD, hint_numbers).await;
        });
        let hub = self.clone();
        self.spawn(workers, async move {
            let hint_queues = |members: &mut Members| {
                if members.has_members(&Room::Admin) {
                    members.hints.add(Hint::State(EventId::Queues));
                }
            };
            hub.tick(Self::QUEUES_PERIOD, hint_queues).await;
        });
        let hub = self.clone();
        self.spawn(workers, async move {
            hub.tick(Self::ACCOUNTS_PERIOD, Members::hint_accounts_of_staff).await;
        });
    }

    /// Starts a worker that ends when it is time to stop.
    fn spawn(&self, workers: &mut JoinSet<()>, work: impl Future<Output = ()> + Send + 'static) {
        let stop = self.stop.clone();
        workers.spawn(async move {
            tokio::select! {
                biased;
                () = stopped(stop) => {}
                () = work => {}
            }
        });
    }

    async fn read_hints(&self, context: &Context) {
        loop {
            let Some((hint, has_moved)) = self.members().begin() else {
                self.has_hints.notified().await;
                continue;
            };
            // Another reader may take the next one.
            self.has_hints.notify_one();
            if let Err(error) = self.follow(context, &hint, has_moved).await {
                // Clients get it with their next `sync`.
                tracing::warn!(error = chain(&error), ?hint, "Could not read a change to push it");
            }
            if self.members().hints.end(&hint) {
                self.has_hints.notify_one();
            }
        }
    }

    async fn follow(&self, context: &Context, hint: &Hint, has_moved: bool) -> Result<(), ReadError> {
        let state = match hint {
            Hint::Account(user) => return Ok(self.check_sockets(context, *user).await?),
            Hint::State(EventId::Jackpots) => self.changed_jackpots(context).await?,
            Hint::State(EventId::Review) => self.changed_review(context).await?,
            Hint::State(id) => read::current(context, id, has_moved).await?,
            Hint::Period(id) => read::period_end(context, *id).await?,
        };
        if let Some(State { id, revision, rooms, event }) = state {
            self.members().deliver(&id, revision, &rooms, &event);
        }
        Ok(())
    }

    /// Closes those sockets of a user that the account no longer permits.
    async fn check_sockets(&self, context: &Context, user: UserId) -> Result<(), StoreError> {
        let account = context.store.load_account(user).await?;
        let members = self.members();
        let denied = |session: Session| may_stay(account.as_ref(), &session).err()?.bye();
        for socket in members.sockets_of(user) {
            let reason = socket.connection().sessions().find_map(denied);
            if let Some(reason) = reason {
                socket.close(reason);
            }
        }
        Ok(())
    }

    /// The jackpots, if they differ from those that were sent last.
    async fn changed_jackpots(&self, context: &Context) -> Result<Option<State>, StoreError> {
        let (bodies, at) = read_jackpots(context).await?;
        let mut sent = self.jackpots.lock().unwrap_or_else(PoisonError::into_inner);
        if *sent == bodies {
            return Ok(None);
        }
        sent.clone_from(&bodies);
        Ok(Some(State::of_jackpots(context, bodies, at)))
    }

    /// The orders that wait for a cashier, if they differ from those that were sent last.
    async fn changed_review(&self, context: &Context) -> Result<Option<State>, StoreError> {
        let (state, body) = staff::review(context).await?;
        let mut sent = self.review.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = sent.as_ref() != Some(&body);
        *sent = Some(body);
        Ok(is_new.then_some(state))
    }

    /// Adds hints at an interval, forever.
    async fn tick(&self, period: Duration, add_hints: impl Fn(&mut Members)) {
        let mut ticks = interval(period);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            add_hints(&mut self.members());
            self.has_hints.notify_one();
        }
    }

    /// Takes a change of any process.
    fn hear(&self, changed: &ChangedItem) {
        let now = self.clock.now();
        let is_ready = self.members().note(changed, now);
        if is_ready {
            self.has_hints.notify_one();
        }
    }

    /// Counts a connection that is refused.
    pub fn refuse(&self, refusal: SocketRefusal) {
        self.metrics.socket_refused(refusal);
    }

    /// A new socket, in no room.
    pub(crate) fn open(&self, hello_within: SignedDuration) -> Arc<Socket> {
        self.members().open(Connection::opened(self.clock.now(), hello_within))
    }

    /// Counts a socket as its user's, before the account is read: a change of the account from then on closes the
    /// socket.
    pub(crate) fn name(&self, socket: &Socket) {
        self.members().name(socket);
    }

    /// Closes the oldest sockets of a user who has too many.
    pub(crate) fn limit_sockets(&self, newest: Session) {
        self.members().limit_sockets(newest);
    }

    /// Puts a socket into the rooms of its connection, which was in these before.
    pub(crate) fn follow_rooms(&self, socket: &Socket, before: &BTreeSet<Room>) {
        self.members().follow_rooms(socket, before);
    }

    /// The number of sockets that were open when the server began to stop.
    pub(crate) fn sockets_at_stop(&self) -> usize {
        let open = self.members().sockets();
        self.sockets_at_stop.fetch_max(open, Ordering::Relaxed).max(open)
    }

    /// Forgets a socket.
    pub(crate) fn close(&self, socket: &Socket) {
        self.members().close(socket);
    }

    fn members(&self) -> MutexGuard<'_, Members> {
        // Each change of the members is whole before anything can panic.
        self.members.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes two short locks.
impl ChangeListener for Hub {
    fn changed(&self, changed: &ChangedItem) {
        self.announcer.note(changed);
        self.hear(changed);
    }
}
