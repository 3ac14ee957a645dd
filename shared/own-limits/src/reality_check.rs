//! [`RealityCheck`]: how often a player wants to be reminded of how long they play, and when they last were.

use jiff::{SignedDuration, Timestamp};
use std::fmt;
use std::str::FromStr;

/// How long a player plays before they are reminded: whole minutes, from [`Self::MINUTES_MIN`] to
/// [`Self::MINUTES_MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RealityCheckInterval(u16);

/// The text is no such number of minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "is not a whole number of minutes from {} to {}",
    RealityCheckInterval::MINUTES_MIN,
    RealityCheckInterval::MINUTES_MAX
)]
pub struct RealityCheckIntervalError;

/// How often a player is reminded, and since when they need not be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RealityCheck {
    /// How often.
    pub every: RealityCheckInterval,
    /// When they last saw how long they play, or set how often they want to.
    pub seen_at: Timestamp,
}

impl RealityCheckInterval {
    /// The shortest.
    pub const MINUTES_MIN: u16 = 5;
    /// The longest: a day.
    pub const MINUTES_MAX: u16 = 24 * 60;

    /// How many minutes.
    pub fn minutes(self) -> u16 {
        self.0
    }
}

impl FromStr for RealityCheckInterval {
    type Err = RealityCheckIntervalError;

    fn from_str(text: &str) -> Result<Self, RealityCheckIntervalError> {
        let minutes = text.parse().map_err(|_| RealityCheckIntervalError)?;
        let is_allowed = (Self::MINUTES_MIN..=Self::MINUTES_MAX).contains(&minutes);
        if is_allowed { Ok(Self(minutes)) } else { Err(RealityCheckIntervalError) }
    }
}

impl fmt::Display for RealityCheckInterval {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, formatter)
    }
}

/// The player is to see how long they have played, and has not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the player has played since {since} and is to see it")]
pub struct RealityCheckDue {
    /// Since when they have played.
    pub since: Timestamp,
}

impl RealityCheck {
    /// Since when the player has played without seeing for how long, in a session that began then. A session that began
    /// when they may have had to see it already does not count anew: a login is no answer.
    pub fn playing_since(self, session_started_at: Timestamp) -> Timestamp {
        if session_started_at < self.due_at(self.seen_at) {
            self.seen_at.max(session_started_at)
        } else {
            self.seen_at
        }
    }

    /// Whether they are to see it now.
    pub fn is_due(self, session_started_at: Timestamp, now: Timestamp) -> bool {
        now >= self.due_at(self.playing_since(session_started_at))
    }

    /// When whoever has played since then is to see it.
    pub fn due_at(self, playing_since: Timestamp) -> Timestamp {
        let every = SignedDuration::from_mins(i64::from(self.every.minutes()));
        playing_since.saturating_add(every).unwrap_or(Timestamp::MAX)
    }
}
