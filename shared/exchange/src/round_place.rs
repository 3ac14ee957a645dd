//! [`RoundPlace`]: where an open round stands in the list of open rounds.

use crate::{Round, RoundId, RoundState};
use jiff::Timestamp;
use std::fmt;
use std::str::FromStr;

/// The place of an open round in the list of open rounds: those that close first come first, then by their ids.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RoundPlace {
    /// When it closes at the latest, in milliseconds since 1970.
    closes_by_ms: i64,
    id: RoundId,
}

impl RoundPlace {
    /// The place of a round of that id which closes then.
    ///
    /// # Errors
    /// There is no such time.
    pub fn new(closes_by_ms: i64, id: RoundId) -> Result<Self, RoundPlaceError> {
        Timestamp::from_millisecond(closes_by_ms).map_err(|_| RoundPlaceError)?;
        Ok(Self { closes_by_ms, id })
    }

    /// The round.
    pub fn id(&self) -> &RoundId {
        &self.id
    }

    /// The place of a round; `None` where it is not open, or has no latest moment to close.
    pub fn of(round: &Round) -> Option<Self> {
        let deadlines = round.deadlines.filter(|_| round.state == RoundState::Open)?;
        Some(Self { closes_by_ms: deadlines.closes_by.as_millisecond(), id: round.id.clone() })
    }

    /// The moment at which its round closes at the latest, to the millisecond.
    pub fn closes_by(&self) -> Timestamp {
        Timestamp::from_millisecond(self.closes_by_ms).unwrap_or(Timestamp::MAX)
    }
}

impl fmt::Display for RoundPlace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}-{}", self.closes_by_ms, self.id)
    }
}

/// The text is not a place in the list of open rounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a place in the list of open rounds")]
pub struct RoundPlaceError;

impl FromStr for RoundPlace {
    type Err = RoundPlaceError;

    fn from_str(text: &str) -> Result<Self, RoundPlaceError> {
        let (moment, id) = text.split_once('-').ok_or(RoundPlaceError)?;
        let closes_by_ms = moment.parse().map_err(|_| RoundPlaceError)?;
        Self::new(closes_by_ms, id.parse().map_err(|_| RoundPlaceError)?)
    }
}
