//! [`Members`]: the sockets of a process, their users and rooms, and the pending hints.

use evens_contracts::LiveEvent;
use evens_exchange::RoundId;
use evens_games::{PeriodId, Room as GameRoom};
use evens_ledger::UserId;
use evens_live::{ByeReason, EventId, Hints, Outbox, Revision, Room, Session};
use evens_metrics::{Metrics, SocketCount};
use evens_payments::Direction;
use evens_players::Role;
use evens_store::Changed;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use tokio::sync::Notify;

/// A thing that a reader must look at.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Hint {
    /// The state of this thing.
    State(EventId),
    /// The end of a period: its result, or its cancellation.
    Period(PeriodId),
    /// The permission of an account to keep its sockets.
    Account(UserId),
}

/// The sockets of a process.
#[derive(Debug, Default)]
pub(crate) struct Members {
    opened: u64,
    sockets: BTreeMap<u64, Arc<Socket>>,
    /// The sockets of a user, oldest first, with the roles of their tokens.
    users: HashMap<UserId, VecDeque<(u64, Role)>>,
    rooms: BTreeMap<Room, BTreeSet<u64>>,
    pub(crate) hints: Hints<Hint>,
    /// Rounds whose state changed, and not only their totals.
    moved_rounds: HashSet<RoundId>,
    /// Rounds whose totals changed after the last read, with the time of the hint.
    stale_totals: BTreeMap<RoundId, Timestamp>,
    /// The last results of a room that were delivered.
    results: HashMap<GameRoom, VecDeque<PeriodId>>,
}

/// A socket as the hub knows it.
#[derive(Debug)]
pub(crate) struct Socket {
    id: u64,
    /// The user, once a `hello` has a token that holds.
    user: OnceLock<UserId>,
    pub(crate) outbox: Mutex<Outbox<LiveEvent>>,
    /// Wakes the socket's task: events wait, or the hub closes it.
    pub(crate) wake: Notify,
    pub(crate) bye: OnceLock<ByeReason>,
}

impl Members {
    /// The role of sockets before their first message.
    const NO_ROLE: &'static str = "none";
    const SOCKETS_OF_PLAYER: usize = 5;
    const SOCKETS_OF_STAFF: usize = 20;
    /// The number of results of a room that are remembered. A late block can delay a result by a few periods.
    const RESULTS_MAX: usize = 16;

    /// A new socket, in no room.
    pub(crate) fn open(&mut self) -> Arc<Socket> {
        self.opened += 1;
        let socket = Arc::new(Socket {
            id: self.opened,
            user: OnceLock::new(),
            outbox: Mutex::default(),
            wake: Notify::new(),
            bye: OnceLock::new(),
        });
        self.sockets.insert(socket.id, socket.clone());
        socket
    }

    /// Counts a socket as its user's. If there are too many, the oldest is closed.
    pub(crate) fn admit(&mut self, socket: &Socket, session: Session) {
        let Session { user, role, .. } = session;
        if *socket.user.get_or_init(|| user) != user {
            return;
        }
        let sockets_max = match role {
            Role::Player => Self::SOCKETS_OF_PLAYER,
            Role::Operator | Role::Oracle | Role::Cashier | Role::Auditor | Role::Contributor => {
                Self::SOCKETS_OF_STAFF
            }
        };
        let sockets = self.users.entry(user).or_default();
        if let Some((_, known)) = sockets.iter_mut().find(|(id, _)| *id == socket.id) {
            *known = role;
            return;
        }
        sockets.push_back((socket.id, role));
        let oldest = if sockets.len() > sockets_max { sockets.pop_front() } else { None };
        if let Some(oldest) = oldest.and_then(|(oldest, _)| self.sockets.get(&oldest)) {
            oldest.close(ByeReason::Replaced);
        }
    }

    /// The roles that a user's sockets have.
    pub(crate) fn roles_of(&self, user: UserId) -> Vec<Role> {
        self.users.get(&user).into_iter().flatten().map(|(_, role)| *role).collect()
    }

    /// Closes those sockets of a user whose tokens have this role.
    pub(crate) fn close_role(&self, user: UserId, role: Role, reason: ByeReason) {
        let of_role = self.users.get(&user).into_iter().flatten().filter(|(_, of_socket)| *of_socket == role);
        for socket in of_role.filter_map(|(id, _)| self.sockets.get(id)) {
            socket.close(reason);
        }
    }

    /// Puts a socket into these rooms and no others.
    pub(crate) fn set_rooms(&mut self, socket: &Socket, before: &BTreeSet<Room>, rooms: &BTreeSet<Room>) {
        for left in before.difference(rooms) {
            self.leave(left, socket.id);
        }
        for joined in rooms.difference(before) {
            self.rooms.entry(joined.clone()).or_default().insert(socket.id);
        }
    }

    /// Forgets a socket.
    pub(crate) fn close(&mut self, socket: &Socket, rooms: &BTreeSet<Room>) {
        for room in rooms {
            self.leave(room, socket.id);
        }
        self.sockets.remove(&socket.id);
        if let Some(user) = socket.user.get()
            && let Some(sockets) = self.users.get_mut(user)
        {
            sockets.retain(|(id, _)| *id != socket.id);
            if sockets.is_empty() {
                self.users.remove(user);
            }
        }
    }

    /// Takes a change. Returns `true` if a reader has more to do. Changes that no socket wants are dropped.
    pub(crate) fn note(&mut self, changed: &Changed, now: Timestamp) -> bool {
        if let Changed::Account(user) = changed {
            return self.users.contains_key(user) && self.hints.add(Hint::Account(*user));
        }
        if let Changed::Bet { round, .. } = changed
            && self.has_members(&Room::Round(round.clone()))
        {
            self.stale_totals.insert(round.clone(), now);
        }
        let (hint, rooms) = target(changed);
        let is_wanted = rooms.iter().any(|room| self.has_members(room));
        if let (true, Changed::Round(round)) = (is_wanted, changed) {
            self.moved_rounds.insert(round.clone());
        }
        is_wanted && self.hints.add(hint)
    }

    /// The next thing to read. Also returns `true` for a round whose state changed.
    pub(crate) fn begin(&mut self) -> Option<(Hint, bool)> {
        let hint = self.hints.begin()?;
        let has_moved = match &hint {
            Hint::State(EventId::Round(round)) => self.moved_rounds.remove(round),
            Hint::State(_) | Hint::Period(_) | Hint::Account(_) => false,
        };
        Some((hint, has_moved))
    }

    /// Adds hints for rounds whose totals were sent before their last change.
    pub(crate) fn hint_stale_totals(&mut self) {
        let Self { stale_totals, rooms, hints, .. } = self;
        stale_totals.retain(|id, _| rooms.contains_key(&Room::Round(id.clone())));
        for id in stale_totals.keys() {
            hints.add(Hint::State(EventId::Round(id.clone())));
        }
    }

    /// Adds hints for the numbers of staff that a socket wants.
    pub(crate) fn hint_staff(&mut self) {
        let Self { rooms, hints, .. } = self;
        for room in rooms.keys() {
            let wanted: &[EventId] = match room {
                Room::Admin => &[EventId::Health, EventId::Metrics, EventId::Sockets],
                Room::AdminGame(room) => &[EventId::Distribution(*room)],
                Room::Cashier => &[EventId::Review],
                Room::User(_)
                | Room::Round(_)
                | Room::Rounds
                | Room::Games
                | Room::Game(_)
                | Room::GameRoom(_)
                | Room::Jackpots => &[],
            };
            for id in wanted {
                hints.add(Hint::State(id.clone()));
            }
        }
    }

    /// Counts the open sockets by role and by kind of room.
    pub(crate) fn count(&self, metrics: &Metrics) {
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        let mut of_roles = Role::ALL.map(|role| (role.as_str(), 0));
        for (_, role) in self.users.values().flatten() {
            for (name, number) in &mut of_roles {
                *number += u64::from(*name == role.as_str());
            }
        }
        let greeted: u64 = of_roles.iter().map(|(_, number)| number).sum();
        let unknown = (Self::NO_ROLE, count(self.sockets.len()).saturating_sub(greeted));
        let mut of_rooms = Room::KINDS.map(|kind| (kind, 0));
        for (room, sockets) in &self.rooms {
            for (kind, number) in &mut of_rooms {
                *number += if *kind == room.kind() { count(sockets.len()) } else { 0 };
            }
        }
        let roles: Vec<SocketCount> = of_roles.into_iter().chain([unknown]).collect();
        metrics.sockets_open(&roles, &of_rooms);
    }

    /// Puts an event into the outbox of each socket in one of its rooms, once. A result that was delivered before is
    /// dropped.
    pub(crate) fn deliver(&mut self, id: &EventId, revision: Revision, rooms: &[Room], event: &LiveEvent) {
        if let (EventId::Round(round), Revision::Round(revision)) = (id, revision) {
            let is_current = |changed_at: &Timestamp| revision.totals_at() > *changed_at;
            if self.stale_totals.get(round).is_some_and(is_current) {
                self.stale_totals.remove(round);
            }
        }
        if let EventId::GameResult(period) = id
            && !self.is_new_result(*period)
        {
            return;
        }
        let sockets: BTreeSet<_> =
            rooms.iter().filter_map(|room| self.rooms.get(room)).flatten().copied().collect();
        for socket in sockets.iter().filter_map(|socket| self.sockets.get(socket)) {
            socket.push(id.clone(), revision, event.clone());
        }
    }

    pub(crate) fn has_members(&self, room: &Room) -> bool {
        self.rooms.contains_key(room)
    }

    fn is_new_result(&mut self, period: PeriodId) -> bool {
        let delivered = self.results.entry(period.room).or_default();
        if delivered.contains(&period) {
            return false;
        }
        delivered.push_back(period);
        if delivered.len() > Self::RESULTS_MAX {
            delivered.pop_front();
        }
        true
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

/// The thing to read after a change, and the rooms that want it.
fn target(changed: &Changed) -> (Hint, Vec<Room>) {
    match changed {
        Changed::Bet { id, user, .. } => (Hint::State(EventId::Bet(*id)), vec![Room::User(*user)]),
        Changed::Wallet(user) => (Hint::State(EventId::Wallet(*user)), vec![Room::User(*user)]),
        Changed::GameBet { id, user } => (Hint::State(EventId::GameBet(*id)), vec![Room::User(*user)]),
        Changed::Order { id, direction, user } => {
            let id = match direction {
                Direction::Deposit => EventId::Deposit(*id),
                Direction::Withdrawal => EventId::Withdrawal(*id),
            };
            (Hint::State(id), vec![Room::User(*user)])
        }
        Changed::Round(id) => {
            (Hint::State(EventId::Round(id.clone())), vec![Room::Round(id.clone()), Room::Rounds])
        }
        Changed::Period(id) => (Hint::Period(*id), Room::of_periods(id.room).to_vec()),
        Changed::Jackpot(_) => (Hint::State(EventId::Jackpots), vec![Room::Jackpots]),
        Changed::Account(user) => (Hint::Account(*user), vec![Room::User(*user)]),
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
