//! [`Members`]: the sockets of a process, their users and rooms, and the pending hints.

use evens_contracts::LiveEvent;
use evens_exchange::RoundId;
use evens_games::{PeriodId, Room as GameRoom};
use evens_ledger::UserId;
use evens_live::{ByeReason, Connection, EventId, Hints, Outbox, Revision, Room, Session};
use evens_metrics::{Metrics, SocketCount};
use evens_payments::Direction;
use evens_players::Role;
use evens_store::ChangedItem;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
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
///
/// Architecture invariant: `users` and `rooms` only find sockets. The [`Connection`] of a socket alone says whose it is
/// and where it may be, so that two parts never differ in it.
#[derive(Debug, Default)]
pub(crate) struct Members {
    opened: u64,
    sockets: BTreeMap<u64, Arc<Socket>>,
    /// The sockets of a user, oldest first, from their first valid token on.
    users: HashMap<UserId, BTreeSet<u64>>,
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
    connection: Mutex<Connection>,
    pub(crate) outbox: Mutex<Outbox<LiveEvent>>,
    /// Wakes the socket's task: events wait, or the hub closes it.
    pub(crate) wake: Notify,
}

impl Members {
    /// The role of sockets before their first message.
    const NO_ROLE: &'static str = "none";
    const SOCKETS_OF_PLAYER: usize = 5;
    const SOCKETS_OF_STAFF: usize = 20;
    /// The number of results of a room that are remembered. A late block can delay a result by a few periods.
    const RESULTS_MAX: usize = 16;

    /// A new socket, in no room.
    pub(crate) fn open(&mut self, connection: Connection) -> Arc<Socket> {
        self.opened += 1;
        let socket = Arc::new(Socket {
            id: self.opened,
            connection: Mutex::new(connection),
            outbox: Mutex::default(),
            wake: Notify::new(),
        });
        self.sockets.insert(socket.id, socket.clone());
        socket
    }

    /// The number of open sockets.
    pub(crate) fn sockets(&self) -> usize {
        self.sockets.len()
    }

    /// Finds a socket by the user of its first valid token from now on.
    pub(crate) fn name(&mut self, socket: &Socket) {
        let user = socket.connection().user();
        if let Some(user) = user {
            self.users.entry(user).or_default().insert(socket.id);
        }
    }

    /// Closes the oldest sockets of a user that has more sessions than the role of the newest permits.
    pub(crate) fn limit_sockets(&self, newest: Session) {
        let sockets_max = match newest.role {
            Role::Player => Self::SOCKETS_OF_PLAYER,
            Role::Operator | Role::Oracle | Role::Cashier | Role::Auditor | Role::Contributor => {
                Self::SOCKETS_OF_STAFF
            }
        };
        let is_open = |socket: &&Arc<Socket>| {
            let connection = socket.connection();
            connection.session().is_some() && connection.ended().is_none()
        };
        let open: Vec<_> = self.sockets_of(newest.user).filter(is_open).collect();
        let excess = open.len().saturating_sub(sockets_max);
        open.iter().take(excess).for_each(|oldest| oldest.close(ByeReason::Replaced));
    }

    /// The sockets of a user, oldest first.
    pub(crate) fn sockets_of(&self, user: UserId) -> impl Iterator<Item = &Arc<Socket>> {
        let of_user = self.users.get(&user).into_iter().flatten();
        of_user.filter_map(|id| self.sockets.get(id))
    }

    /// Puts a socket into the rooms of its connection, which was in these before.
    pub(crate) fn follow_rooms(&mut self, socket: &Socket, before: &BTreeSet<Room>) {
        let rooms = socket.rooms();
        for left in before.difference(&rooms) {
            self.leave(left, socket.id);
        }
        for joined in rooms.difference(before) {
            self.rooms.entry(joined.clone()).or_default().insert(socket.id);
        }
    }

    /// Forgets a socket.
    pub(crate) fn close(&mut self, socket: &Socket) {
        for room in &socket.rooms() {
            self.leave(room, socket.id);
        }
        self.sockets.remove(&socket.id);
        let user = socket.connection().user();
        if let Some(user) = user
            && let Some(sockets) = self.users.get_mut(&user)
        {
            sockets.remove(&socket.id);
            if sockets.is_empty() {
                self.users.remove(&user);
            }
        }
    }

    /// Takes a change. Returns `true` if a reader has more to do. Changes that no socket wants are dropped.
    pub(crate) fn note(&mut self, changed: &ChangedItem, now: Timestamp) -> bool {
        if let ChangedItem::Account(user) = changed {
            return self.users.contains_key(user) && self.hints.add(Hint::Account(*user));
        }
        if let ChangedItem::Bet { round, .. } = changed
            && self.has_members(&Room::Round(round.clone()))
        {
            self.stale_totals.insert(round.clone(), now);
        }
        let (hint, rooms) = target(changed);
        let is_wanted = rooms.iter().any(|room| self.has_members(room));
        if let (true, ChangedItem::Round(round)) = (is_wanted, changed) {
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

    /// Adds hints for the accounts of the sockets in rooms of staff.
    pub(crate) fn hint_accounts_of_staff(&mut self) {
        let Self { sockets, rooms, hints, .. } = self;
        let of_staff = rooms.iter().filter(|(room, _)| room.is_of_staff()).flat_map(|(_, members)| members);
        for socket in of_staff.filter_map(|id| sockets.get(id)) {
            if let Some(user) = socket.connection().user() {
                hints.add(Hint::Account(user));
            }
        }
    }

    /// Counts the open sockets by role and by kind of room.
    pub(crate) fn count(&self, metrics: &Metrics) {
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        let mut of_roles = Role::ALL.map(|role| (role.as_str(), 0));
        for Session { role, .. } in self.sockets.values().filter_map(|socket| socket.connection().session()) {
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
fn target(changed: &ChangedItem) -> (Hint, Vec<Room>) {
    match changed {
        ChangedItem::Bet { id, user, .. } => (Hint::State(EventId::Bet(*id)), vec![Room::User(*user)]),
        ChangedItem::Wallet(user) => (Hint::State(EventId::Wallet(*user)), vec![Room::User(*user)]),
        ChangedItem::GameBet { id, user } => (Hint::State(EventId::GameBet(*id)), vec![Room::User(*user)]),
        ChangedItem::Order { id, direction, user } => {
            let id = match direction {
                Direction::Deposit => EventId::Deposit(*id),
                Direction::Withdrawal => EventId::Withdrawal(*id),
            };
            (Hint::State(id), vec![Room::User(*user)])
        }
        ChangedItem::Round(id) => {
            (Hint::State(EventId::Round(id.clone())), vec![Room::Round(id.clone()), Room::Rounds])
        }
        ChangedItem::Period(id) => (Hint::Period(*id), Room::of_periods(id.room).to_vec()),
        ChangedItem::Jackpot(_) => (Hint::State(EventId::Jackpots), vec![Room::Jackpots]),
        ChangedItem::Account(user) => (Hint::Account(*user), vec![Room::User(*user)]),
    }
}

impl Socket {
    fn push(&self, id: EventId, revision: Revision, event: LiveEvent) {
        self.outbox.lock().unwrap_or_else(PoisonError::into_inner).push(id, revision, event);
        self.wake.notify_one();
    }

    /// The state of the socket. Locked for a moment only, and after the members.
    pub(crate) fn connection(&self) -> MutexGuard<'_, Connection> {
        // Each change of a connection is whole before anything can panic.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn rooms(&self) -> BTreeSet<Room> {
        self.connection().rooms().cloned().collect()
    }

    pub(crate) fn close(&self, reason: ByeReason) {
        self.connection().end(reason);
        self.wake.notify_one();
    }
}
