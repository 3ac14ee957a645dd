//! [`PlayerPlace`]: the place of a player in the list of players by sign-up.

use evens_ledger::UserId;
use jiff::Timestamp;
use std::fmt;
use std::str::FromStr;

/// The place of a player in the list of players by sign-up: the time in milliseconds, then the user's number. Its text
/// is `{milliseconds}.{user}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PlayerPlace {
    milliseconds: i64,
    user: UserId,
}

/// The text is not a place in the list of players.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a place in the list of players")]
pub struct PlayerPlaceError;

impl PlayerPlace {
    /// The place of a player who signed up at this time.
    pub fn new(signed_up_at: Timestamp, user: UserId) -> Self {
        Self { milliseconds: signed_up_at.as_millisecond(), user }
    }

    /// The time of the sign-up in milliseconds since 1970.
    pub fn milliseconds(self) -> i64 {
        self.milliseconds
    }

    pub fn user(self) -> UserId {
        self.user
    }
}

impl fmt::Display for PlayerPlace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.milliseconds, self.user)
    }
}

impl FromStr for PlayerPlace {
    type Err = PlayerPlaceError;

    fn from_str(text: &str) -> Result<Self, PlayerPlaceError> {
        let (milliseconds, user) = text.split_once('.').ok_or(PlayerPlaceError)?;
        let milliseconds = milliseconds.parse().map_err(|_| PlayerPlaceError)?;
        // The milliseconds must be a valid time.
        Timestamp::from_millisecond(milliseconds).map_err(|_| PlayerPlaceError)?;
        Ok(Self { milliseconds, user: user.parse().map_err(|_| PlayerPlaceError)? })
    }
}
