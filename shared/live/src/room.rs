//! [`Room`]: a set of events that a socket may receive.

use evens_exchange::RoundId;
use evens_ledger::UserId;
use evens_players::Role;
use std::fmt;
use std::str::FromStr;

/// A set of events that a socket may receive.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Room {
    /// A user's own bets and wallet. Written `user:{id}`.
    User(UserId),
    /// A round: its state and its totals. Written `round:{id}`.
    Round(RoundId),
    /// The state of every round, without totals as they change. Written `rounds`.
    Rounds,
}

/// The text names no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("has a name that is neither \"rounds\" nor \"round:\" or \"user:\" with an id")]
pub struct RoomError;

impl Room {
    /// Whether a user with that role may be in the room.
    pub fn admits(&self, user: UserId, role: Role) -> bool {
        match self {
            Self::User(of) => *of == user,
            Self::Round(_) | Self::Rounds => match role {
                Role::Player | Role::Operator | Role::Cashier | Role::Auditor => true,
                // These roles belong to systems, which have no use for what players see.
                Role::Contributor | Role::Oracle => false,
            },
        }
    }
}

impl FromStr for Room {
    type Err = RoomError;

    fn from_str(text: &str) -> Result<Self, RoomError> {
        match text.split_once(':') {
            None if text == "rounds" => Ok(Self::Rounds),
            Some(("user", id)) => id.parse().map(Self::User).map_err(|_| RoomError),
            Some(("round", id)) => id.parse().map(Self::Round).map_err(|_| RoomError),
            _ => Err(RoomError),
        }
    }
}

impl fmt::Display for Room {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(user) => write!(formatter, "user:{user}"),
            Self::Round(id) => write!(formatter, "round:{id}"),
            Self::Rounds => formatter.write_str("rounds"),
        }
    }
}
