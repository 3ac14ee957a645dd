//! [`Connection`]: what a client may do on a socket, from `hello` to `bye`.

use crate::{ByeReason, Room};
use evens_ledger::UserId;
use evens_players::Role;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

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

/// A socket's connection. It is the only place that knows the user, the session and the rooms of a socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    hello_until: Timestamp,
    /// Messages that came before the first valid token, which no user's budget counts.
    unnamed: usize,
    /// The user of the first valid token. The connection never has another.
    user: Option<UserId>,
    /// The session of a `hello` whose account is being read.
    offered: Option<Session>,
    session: Option<Session>,
    rooms: BTreeSet<Room>,
    ended: Option<ByeReason>,
}

impl Connection {
    /// How many rooms a connection may be in, the user's own among them.
    pub const ROOMS_MAX: usize = 20;

    /// How many messages a client may send before its first valid token: a few attempts at `hello`.
    pub const UNNAMED_MAX: usize = 10;

    /// A socket that was opened at that time, whose client must say `hello` within that duration ([`hello_within`]).
    ///
    /// [`hello_within`]: crate::hello_within
    pub fn opened(now: Timestamp, hello_within: SignedDuration) -> Self {
        let hello_until = now.saturating_add(hello_within).unwrap_or(Timestamp::MAX);
        Self {
            hello_until,
            unnamed: 0,
            user: None,
            offered: None,
            session: None,
            rooms: BTreeSet::new(),
            ended: None,
        }
    }

    /// The user of the first valid token, even if that `hello` was refused.
    pub fn user(&self) -> Option<UserId> {
        self.user
    }

    /// The session; none before a `hello` was accepted.
    pub fn session(&self) -> Option<Session> {
        self.session
    }

    /// The session, and the one of a `hello` that is under way. A change of the account concerns both.
    pub fn sessions(&self) -> impl Iterator<Item = Session> {
        self.session.into_iter().chain(self.offered)
    }

    /// Ends the connection: from now on no message is carried out, and no frame but the last is sent. The first reason
    /// stays.
    pub fn end(&mut self, reason: ByeReason) {
        self.ended.get_or_insert(reason);
    }

    /// The reason of [`Connection::end`].
    pub fn ended(&self) -> Option<ByeReason> {
        self.ended
    }

    /// Until when the client must have said `hello`.
    pub fn hello_until(&self) -> Timestamp {
        self.hello_until
    }

    /// The rooms that the connection is in.
    pub fn rooms(&self) -> impl Iterator<Item = &Room> {
        self.rooms.iter()
    }

    /// Counts a message that came, whatever it says. Once there is a user, the user's budget counts instead.
    ///
    /// # Errors
    /// [`ByeReason::NoHello`]: [`Connection::UNNAMED_MAX`] messages came without a valid token.
    pub fn count_unnamed(&mut self) -> Result<(), ByeReason> {
        if self.user.is_some() {
            return Ok(());
        }
        self.unnamed += 1;
        if self.unnamed > Self::UNNAMED_MAX { Err(ByeReason::NoHello) } else { Ok(()) }
    }

    /// Takes the verified token of a `hello`, before the account is read. The first one names the user of the
    /// connection.
    ///
    /// # Errors
    /// The answer to the `hello`, which is not carried out.
    pub fn offer(&mut self, session: Session, now: Timestamp) -> Result<(), Reply> {
        if let Some(reason) = self.ended {
            return Err(Reply::Bye(reason));
        }
        if self.session.is_none() && now >= self.hello_until {
            return Err(Reply::Bye(ByeReason::NoHello));
        }
        if now >= session.expires_at {
            return Err(Reply::Bye(ByeReason::TokenExpired));
        }
        if *self.user.get_or_insert(session.user) != session.user {
            return Err(Reply::Refused(RoomRefusal::OtherUser));
        }
        self.offered = Some(session);
        Ok(())
    }

    /// Drops the token of a `hello` that is refused. An earlier session goes on.
    pub fn withdraw_offer(&mut self) {
        self.offered = None;
    }

    /// Takes a message.
    pub fn receive(&mut self, request: Request, now: Timestamp) -> Reply {
        if let Request::Hello(session, rooms) = request {
            let reply = self.hello(session, rooms, now);
            self.withdraw_offer();
            return reply;
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
    /// 1. The reason of [`Connection::end`].
    /// 2. [`ByeReason::NoHello`]
    /// 3. [`ByeReason::TokenExpired`]
    pub fn live_session(&self, now: Timestamp) -> Result<Session, ByeReason> {
        if let Some(reason) = self.ended {
            return Err(reason);
        }
        let session = self.session.ok_or(ByeReason::NoHello)?;
        if now < session.expires_at { Ok(session) } else { Err(ByeReason::TokenExpired) }
    }

    fn hello(&mut self, session: Session, mut rooms: Vec<Room>, now: Timestamp) -> Reply {
        if let Err(reply) = self.offer(session, now) {
            return reply;
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
