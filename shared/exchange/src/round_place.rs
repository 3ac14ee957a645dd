//! [`RoundPlace`]: the place of a round in a list that is sorted by a time.

use crate::{Round, RoundId, RoundState};
use jiff::Timestamp;
use std::fmt;
use std::str::FromStr;

/// The place of a round in a list that is sorted by a time, then by id: of an open round by the time at which it closes
/// at the latest, of an ended one by its end.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RoundPlace {
    /// In milliseconds since 1970.
    at_ms: i64,
    id: RoundId,
}

impl RoundPlace {
    /// The place of a round of that id at that time.
    ///
    /// # Errors
    /// There is no such time.
    pub fn new(at_ms: i64, id: RoundId) -> Result<Self, RoundPlaceError> {
        Timestamp::from_millisecond(at_ms).map_err(|_| RoundPlaceError)?;
        Ok(Self { at_ms, id })
    }

    /// The round.
    pub fn id(&self) -> &RoundId {
        &self.id
    }

    /// The place of a round in the list of open rounds. `None` if it is not open, or has no latest time to close.
    pub fn of(round: &Round) -> Option<Self> {
        let deadlines = round.deadlines.filter(|_| round.state == RoundState::Open)?;
        Some(Self { at_ms: deadlines.closes_by.as_millisecond(), id: round.id.clone() })
    }

    /// The place of a round in the lists of ended rounds. `None` if it is open.
    pub fn of_ended(round: &Round) -> Option<Self> {
        round.state.ended_at().map(|at| Self { at_ms: at.as_millisecond(), id: round.id.clone() })
    }

    /// The time by which the list is sorted, to the millisecond.
    pub fn at(&self) -> Timestamp {
        Timestamp::from_millisecond(self.at_ms).unwrap_or(Timestamp::MAX)
    }
}

impl fmt::Display for RoundPlace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}-{}", self.at_ms, self.id)
    }
}

/// The text is not a place in a list of rounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a place in a list of rounds")]
pub struct RoundPlaceError;

impl FromStr for RoundPlace {
    type Err = RoundPlaceError;

    fn from_str(text: &str) -> Result<Self, RoundPlaceError> {
        let (moment, id) = text.split_once('-').ok_or(RoundPlaceError)?;
        let at_ms = moment.parse().map_err(|_| RoundPlaceError)?;
        Self::new(at_ms, id.parse().map_err(|_| RoundPlaceError)?)
    }
}
