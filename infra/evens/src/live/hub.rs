//! [`Hub`]: the sockets of this process, their rooms, and the hints to be read.

use super::read;
use crate::places::Places;
use crate::workers::stopped;
use axum::http::HeaderValue;
use evens_contracts::LiveEvent;
use evens_exchange::RoundId;
use evens_ledger::UserId;
use evens_live::{ByeReason, EventId, Hints, Outbox, Revision, Room, Session};
use evens_players::Role;
use evens_runtime::telemetry::chain;
use evens_runtime::{ChangeListener, Clock, Context};
use evens_store::Changed;
use jiff::Timestamp;
use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

/// The sockets of this process.
#[derive(Debug)]
pub(crate) struct Hub {
    pub(super) sockets_max: usize,
    /// A permit for each socket that may still be opened.
    pub(super) free: Arc<Semaphore>,
    pub(super) places: Places,
    /// A permit for each snapshot that may be read at once.
    pub(super) snapshots: Semaphore,
    /// Pages of these other origins may open sockets.
    pub(super) origins: Vec<HeaderValue>,
    pub(super) stop: watch::Receiver<bool>,
    clock: Clock,
    members: Mutex<Members>,
    has_hints: Notify,
}

#[derive(Debug, Default)]
struct Members {
    opened: u64,
    sockets: HashMap<u64, Arc<Socket>>,
    /// The sockets of a user, oldest first.
    users: HashMap<UserId, VecDeque<u64>>,
    rooms: HashMap<Room, HashSet<u64>>,
    hints: Hints<EventId>,
    /// Rounds whose state changed, and not only their totals.
    moved_rounds: HashSet<RoundId>,
    /// Rounds whose totals changed after the last read, and when the hub heard of it.
    stale_totals: HashMap<RoundId, Timestamp>,
}

/// What the hub holds of a socket.
#[derive(Debug)]
pub(super) struct Socket {
    id: u64,
    pub(super) outbox: Mutex<Outbox<LiveEvent>>,
    /// Wakes the socket's task: events wait, or the hub closes it.
    pub(super) wake: Notify,
    pub(super) bye: OnceLock<ByeReason>,
}

impl Hub {
    /// How many things are read at once for all sockets.
    const READERS: usize = 8;
    const SNAPSHOTS_AT_ONCE: usize = 16;
    /// No address has more than one of so many parts of the sockets.
    const SHARES: usize = 8;
    const SOCKETS_OF_PLAYER: usize = 5;
    const SOCKETS_OF_STAFF: usize = 20;
    /// Totals of a round are sent at most once in that time.
    const TOTALS_PERIOD: Duration = Duration::from_secs(1);

    /// A hub without sockets, which hears of what the context's store changes.
    pub(crate) fn new(
        context: &Context,
        sockets_max: usize,
        origins: Vec<HeaderValue>,
        stop: watch::Receiver<bool>,
    ) -> Arc<Self> {
        let share = (sockets_max / Self::SHARES).max(1);
        let hub = Arc::new(Self {
            sockets_max,
            free: Arc::new(Semaphore::new(sockets_max)),
            places: Places::new(share, &context.settings.trusted_proxies),
            snapshots: Semaphore::new(Self::SNAPSHOTS_AT_ONCE),
            origins,
            stop,
            clock: context.clock.clone(),
            members: Mutex::default(),
            has_hints: Notify::new(),
        });
        context.changes.listen(hub.clone());
        hub
    }

    /// Starts the readers. They end when it is time to stop; the last of them when all sockets are closed.
    pub(crate) fn start(self: &Arc<Self>, context: &Context, workers: &mut JoinSet<()>) {
        for _ in 0..Self::READERS {
            let (hub, context) = (self.clone(), context.clone());
            workers.spawn(async move {
                tokio::select! {
                    () = hub.read_hints(&context) => {}
                    () = stopped(hub.stop.clone()) => {}
                }
            });
        }
        let hub = self.clone();
        workers.spawn(async move {
            tokio::select! {
                () = hub.tick_totals() => {}
                () = stopped(hub.stop.clone()) => {}
            }
            // A permit is back when its socket is closed.
            let _ = hub.free.acquire_many(u32::try_from(hub.sockets_max).unwrap_or(u32::MAX)).await;
        });
    }

    async fn read_hints(&self, context: &Context) {
        loop {
            let Some((id, has_moved)) = self.members().begin() else {
                self.has_hints.notified().await;
                continue;
            };
            // Another reader may take the next one.
            self.has_hints.notify_one();
            match read::current(context, &id, has_moved).await {
                Ok(Some(state)) => self.deliver(&state),
                Ok(None) => {}
                // Clients get it with their next `sync`.
                Err(error) => {
                    let kind = id.kind();
                    tracing::warn!(error = chain(&error), kind, "Could not read a change to push it");
                }
            }
            if self.members().hints.end(&id) {
                self.has_hints.notify_one();
            }
        }
    }

    /// Has rounds read whose totals were sent before their last change.
    async fn tick_totals(&self) {
        let mut ticks = interval(Self::TOTALS_PERIOD);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            let mut members = self.members();
            let Members { stale_totals, rooms, hints, .. } = &mut *members;
            stale_totals.retain(|id, _| rooms.contains_key(&Room::Round(id.clone())));
            for id in stale_totals.keys() {
                hints.add(EventId::Round(id.clone()));
            }
            drop(members);
            self.has_hints.notify_one();
        }
    }

    /// Puts a state into the outbox of each socket in one of its rooms, once.
    fn deliver(&self, state: &read::State) {
        let read::State { id, revision, rooms, event } = state;
        let mut members = self.members();
        if let (EventId::Round(round), Revision::Round(revision)) = (id, revision) {
            let is_current = |changed_at: &Timestamp| revision.totals_at() > *changed_at;
            if members.stale_totals.get(round).is_some_and(is_current) {
                members.stale_totals.remove(round);
            }
        }
        let sockets: BTreeSet<_> =
            rooms.iter().filter_map(|room| members.rooms.get(room)).flatten().copied().collect();
        for socket in sockets.iter().filter_map(|socket| members.sockets.get(socket)) {
            socket.push(id.clone(), *revision, event.clone());
        }
    }

    /// A new socket, in no room.
    pub(super) fn open(&self) -> Arc<Socket> {
        let mut members = self.members();
        members.opened += 1;
        let socket = Arc::new(Socket {
            id: members.opened,
            outbox: Mutex::default(),
            wake: Notify::new(),
            bye: OnceLock::new(),
        });
        members.sockets.insert(socket.id, socket.clone());
        socket
    }

    /// Counts a socket as its user's. Where there are too many, the oldest is closed.
    pub(super) fn admit(&self, socket: &Socket, session: Session) {
        let sockets_max = match session.role {
            Role::Player => Self::SOCKETS_OF_PLAYER,
            Role::Operator | Role::Oracle | Role::Cashier | Role::Auditor | Role::Contributor => {
                Self::SOCKETS_OF_STAFF
            }
        };
        let mut members = self.members();
        let sockets = members.users.entry(session.user).or_default();
        if sockets.contains(&socket.id) {
            return;
        }
        sockets.push_back(socket.id);
        let oldest = if sockets.len() > sockets_max { sockets.pop_front() } else { None };
        if let Some(oldest) = oldest.and_then(|oldest| members.sockets.get(&oldest)) {
            oldest.close(ByeReason::Replaced);
        }
    }

    /// Puts a socket into these rooms and no others.
    pub(super) fn set_rooms<'a>(
        &self,
        socket: &Socket,
        before: &BTreeSet<Room>,
        rooms: impl Iterator<Item = &'a Room>,
    ) {
        let rooms: BTreeSet<_> = rooms.cloned().collect();
        let mut members = self.members();
        for left in before.difference(&rooms) {
            members.leave(left, socket.id);
        }
        for joined in rooms.difference(before) {
            members.rooms.entry(joined.clone()).or_default().insert(socket.id);
        }
    }

    /// Forgets a socket.
    pub(super) fn close(&self, socket: &Socket, session: Option<Session>, rooms: &BTreeSet<Room>) {
        let mut members = self.members();
        for room in rooms {
            members.leave(room, socket.id);
        }
        members.sockets.remove(&socket.id);
        if let Some(Session { user, .. }) = session
            && let Some(sockets) = members.users.get_mut(&user)
        {
            sockets.retain(|id| *id != socket.id);
            if sockets.is_empty() {
                members.users.remove(&user);
            }
        }
    }

    fn members(&self) -> MutexGuard<'_, Members> {
        // Each change of the members is whole before anything can panic.
        self.members.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes a short lock, and drops what no socket wants.
impl ChangeListener for Hub {
    fn changed(&self, changed: &Changed) {
        let mut members = self.members();
        let is_ready = match changed {
            Changed::Bet { id, user, round } => {
                if members.rooms.contains_key(&Room::Round(round.clone())) {
                    let now = self.clock.now();
                    members.stale_totals.insert(round.clone(), now);
                }
                let is_wanted = members.rooms.contains_key(&Room::User(*user));
                is_wanted && members.hints.add(EventId::Bet(*id))
            }
            Changed::Wallet(user) => {
                members.rooms.contains_key(&Room::User(*user)) && members.hints.add(EventId::Wallet(*user))
            }
            Changed::Round(id) => {
                let rooms = [Room::Round(id.clone()), Room::Rounds];
                let is_wanted = rooms.iter().any(|room| members.rooms.contains_key(room));
                if is_wanted {
                    members.moved_rounds.insert(id.clone());
                }
                is_wanted && members.hints.add(EventId::Round(id.clone()))
            }
        };
        drop(members);
        if is_ready {
            self.has_hints.notify_one();
        }
    }
}

impl Members {
    /// What to read next, and whether it is a round whose state changed.
    fn begin(&mut self) -> Option<(EventId, bool)> {
        let id = self.hints.begin()?;
        let has_moved = match &id {
            EventId::Round(round) => self.moved_rounds.remove(round),
            EventId::Bet(_) | EventId::Wallet(_) => false,
        };
        Some((id, has_moved))
    }

    fn leave(&mut self, room: &Room, socket: u64) {
        if let Some(sockets) = self.rooms.get_mut(room) {
            sockets.remove(&socket);
            if sockets.is_empty() {
                self.rooms.remove(room);
            }
        }
    }
}

impl Socket {
    fn push(&self, id: EventId, revision: Revision, event: LiveEvent) {
        self.outbox.lock().unwrap_or_else(PoisonError::into_inner).push(id, revision, event);
        self.wake.notify_one();
    }

    fn close(&self, reason: ByeReason) {
        // The first reason stays.
        let _ = self.bye.set(reason);
        self.wake.notify_one();
    }
}
