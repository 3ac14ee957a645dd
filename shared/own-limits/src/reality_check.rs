//! [`RealityCheck`]: the interval at which a player is reminded of their playing time, and the last reminder.

use jiff::{SignedDuration, Timestamp};
use std::fmt;
use std::str::FromStr;

/// The playing time until a reminder in whole minutes, from [`Self::MINUTES_MIN`] to [`Self::MINUTES_MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RealityCheckInterval(u16);

/// The text is not a whole number of minutes in the allowed range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be a whole number of minutes from {} to {}",
    RealityCheckInterval::MINUTES_MIN,
    RealityCheckInterval::MINUTES_MAX
)]
pub struct RealityCheckIntervalError;

/// The interval of a player's reminders, and the last one they saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RealityCheck {
    pub every: RealityCheckInterval,
    /// When the player last saw a reminder or changed the interval.
    pub seen_at: Timestamp,
}

impl RealityCheckInterval {
    pub const MINUTES_MIN: u16 = 5;
    pub const MINUTES_MAX: u16 = 24 * 60;

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

/// The player has not seen a reminder that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the player has played since {since}, and a reality check is due")]
pub struct RealityCheckDue {
    /// When they began to play.
    pub since: Timestamp,
}

impl RealityCheck {
    /// When the player began to play without a reminder, given the start of their session. A session that starts after
    /// the reminder was due does not reset this: logging in again does not replace the reminder.
    pub fn playing_since(self, session_started_at: Timestamp) -> Timestamp {
        if session_started_at < self.due_at(self.seen_at) {
            self.seen_at.max(session_started_at)
        } else {
            self.seen_at
        }
    }

    pub fn is_due(self, session_started_at: Timestamp, now: Timestamp) -> bool {
        now >= self.due_at(self.playing_since(session_started_at))
    }

    /// When the reminder is due for a player who began to play at `playing_since`.
    pub fn due_at(self, playing_since: Timestamp) -> Timestamp {
        let every = SignedDuration::from_mins(i64::from(self.every.minutes()));
        playing_since.saturating_add(every).unwrap_or(Timestamp::MAX)
    }
}
