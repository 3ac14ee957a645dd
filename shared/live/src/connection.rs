//! [`Connection`]: what a client may do on a socket, from `hello` to `bye`.

use crate::{ByeReason, Room};
use evens_ledger::UserId;
use evens_players::Role;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

/// How long after opening a socket the client must have said `hello`.
const HELLO_WITHIN: SignedDuration = SignedDuration::from_secs(10);

/// The claims of a token that the server has verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Session {
    /// The user.
    pub user: UserId,
    /// The role.
    pub role: Role,
    /// The epoch of the account's sessions when the token's session began.
    pub session_epoch: u64,
    /// When the token expires.
    pub expires_at: Timestamp,
}

/// A message of a client, its token verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Begins the session, or goes on with it under a newer token. Its rooms are added to those joined before.
    Hello(Session, Vec<Room>),
    /// Joins rooms.
    Subscribe(Vec<Room>),
    /// Leaves rooms; the user's own room stays.
    Unsubscribe(Vec<Room>),
    /// Asks for every state of the rooms that is newer than the client's.
    Sync,
    /// Asks whether the connection lives.
    Ping,
}

/// The answer of the server. Variants of a refusal stand in the order of the checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// The connection ends.
    Bye(ByeReason),
    /// Nothing changed.
    Refused(RoomRefusal),
    /// A snapshot of these rooms, which may be none.
    Snapshot(Vec<Room>),
}

/// Why a message was refused. The connection goes on as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoomRefusal {
    /// The token of a second `hello` is another user's.
    OtherUser,
    /// The token does not allow the room.
    Forbidden(Room),
    /// There would be more than [`Connection::ROOMS_MAX`] rooms.
    TooManyRooms,
}

/// A socket's connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    hello_until: Timestamp,
    /// Messages that came before the session, which no user's budget counts.
    unnamed: usize,
    session: Option<Session>,
    rooms: BTreeSet<Room>,
}

impl Connection {
    /// How many rooms a connection may be in, the user's own among them.
    pub const ROOMS_MAX: usize = 20;

    /// How many messages a client may send before its session begins: a few attempts at `hello`.
    pub const UNNAMED_MAX: usize = 10;

    /// A socket that was opened at that time.
    pub fn opened(now: Timestamp) -> Self {
        let hello_until = now.saturating_add(HELLO_WITHIN).unwrap_or(Timestamp::MAX);
        Self { hello_until, unnamed: 0, session: None, rooms: BTreeSet::new() }
    }

    /// The session; none before `hello`.
    pub fn session(&self) -> Option<Session> {
        self.session
    }

    /// Until when the client must have said `hello`.
    pub fn hello_until(&self) -> Timestamp {
        self.hello_until
    }

    /// The rooms that the connection is in.
    pub fn rooms(&self) -> impl Iterator<Item = &Room> {
        self.rooms.iter()
    }

    /// Counts a message that came, whatever it says. Once there is a session, the user's budget counts instead.
    ///
    /// # Errors
    /// [`ByeReason::NoHello`]: [`Connection::UNNAMED_MAX`] messages came without a session.
    pub fn count_unnamed(&mut self) -> Result<(), ByeReason> {
        if self.session.is_some() {
            return Ok(());
        }
        self.unnamed += 1;
        if self.unnamed > Self::UNNAMED_MAX { Err(ByeReason::NoHello) } else { Ok(()) }
    }

    /// Takes a message.
    pub fn receive(&mut self, request: Request, now: Timestamp) -> Reply {
        if let Request::Hello(session, rooms) = request {
            return self.hello(session, rooms, now);
        }
        let session = match self.live_session(now) {
            Ok(session) => session,
            Err(reason) => return Reply::Bye(reason),
        };
        match request {
            Request::Subscribe(rooms) => self.join(session, &rooms),
            Request::Unsubscribe(rooms) => {
                let own = Room::User(session.user);
                self.rooms.retain(|room| *room == own || !rooms.contains(room));
                Reply::Snapshot(Vec::new())
            }
            Request::Sync => Reply::Snapshot(self.rooms.iter().cloned().collect()),
            Request::Hello(..) | Request::Ping => Reply::Snapshot(Vec::new()),
        }
    }

    /// The session, where a frame may be sent at this moment.
    ///
    /// # Errors
    /// 1. [`ByeReason::NoHello`]
    /// 2. [`ByeReason::TokenExpired`]
    pub fn live_session(&self, now: Timestamp) -> Result<Session, ByeReason> {
        let session = self.session.ok_or(ByeReason::NoHello)?;
        if now < session.expires_at { Ok(session) } else { Err(ByeReason::TokenExpired) }
    }

    fn hello(&mut self, session: Session, mut rooms: Vec<Room>, now: Timestamp) -> Reply {
        if self.session.is_none() && now >= self.hello_until {
            return Reply::Bye(ByeReason::NoHello);
        }
        if now >= session.expires_at {
            return Reply::Bye(ByeReason::TokenExpired);
        }
        if self.session.is_some_and(|before| before.user != session.user) {
            return Reply::Refused(RoomRefusal::OtherUser);
        }
        // A newer token may have another role.
        rooms.extend(self.rooms.iter().cloned());
        rooms.push(Room::User(session.user));
        match self.join(session, &rooms) {
            Reply::Snapshot(_) => {
                self.session = Some(session);
                Reply::Snapshot(self.rooms.iter().cloned().collect())
            }
            refused => refused,
        }
    }

    /// Joins all of these rooms, or none.
    fn join(&mut self, session: Session, rooms: &[Room]) -> Reply {
        if let Some(room) = rooms.iter().find(|room| !room.admits(session.user, session.role)) {
            return Reply::Refused(RoomRefusal::Forbidden(room.clone()));
        }
        let joined: BTreeSet<_> = self.rooms.iter().chain(rooms).cloned().collect();
        if joined.len() > Self::ROOMS_MAX {
            return Reply::Refused(RoomRefusal::TooManyRooms);
        }
        let new = joined.difference(&self.rooms).cloned().collect();
        self.rooms = joined;
        Reply::Snapshot(new)
    }
}
