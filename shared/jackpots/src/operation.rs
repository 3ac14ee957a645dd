//! [`OperationId`]: under this name something happens to a jackpot once.

use crate::{JackpotGroup, METERS};
use evens_games::{Lane, PeriodId};
use evens_ledger::{Digest, EntryPurpose};
use std::fmt;
use std::str::FromStr;

/// The id of an operation: one that a client chose, or that of a period of a game. Contributions and wins share the
/// names, so that none means two things.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OperationId(String);

/// The text is no id of an operation that a client may choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not 1 to {} letters, digits, '.', '_' and '-'", OperationId::LENGTH_MAX)]
pub struct OperationIdError;

impl OperationId {
    /// How long one may be that a client chooses.
    pub const LENGTH_MAX: usize = 64;
    /// What those of lanes of periods begin with.
    const OF_PLAY: &str = "period:";
    /// What those of drawn wins begin with.
    const DRAWN: &str = "drawn:";

    /// What the bets of a lane of a period contribute. No client can choose it, because of the colon.
    pub fn of_lane(period: PeriodId, lane: Lane) -> Self {
        Self(format!("{}{period}:{lane}", Self::OF_PLAY))
    }

    /// Whether it is what bets contribute.
    pub fn is_of_play(&self) -> bool {
        self.0.starts_with(Self::OF_PLAY)
    }

    /// What a period's bets win of a group.
    pub fn of_drawn_win(period: PeriodId, group: JackpotGroup) -> Self {
        Self(format!("{}{period}:{group}", Self::DRAWN))
    }

    /// Which period's bets win which group under this id; none where it is no such win.
    pub fn drawn_win(&self) -> Option<(PeriodId, JackpotGroup)> {
        let (period, group) = self.0.strip_prefix(Self::DRAWN)?.split_once(':')?;
        Some((period.parse().ok()?, group.parse().ok()?))
    }

    /// Which contribution moved what has that key in the ledger; none where it is no such key.
    pub fn of_contribution(key: &str) -> Option<Self> {
        let (purpose, rest) = EntryPurpose::split(key)?;
        let is_contribution = matches!(purpose, EntryPurpose::JackpotIn | EntryPurpose::JackpotReserve);
        let (operation, group) = rest.rsplit_once(':').filter(|_| is_contribution)?;
        group.parse::<JackpotGroup>().is_ok().then(|| Self(operation.to_owned()))
    }

    /// The id that stands in the table.
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The meter that it adds to.
    pub fn meter(&self) -> u8 {
        Digest::of(self.0.as_bytes()).bytes()[0] % METERS
    }
}

impl fmt::Display for OperationId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl FromStr for OperationId {
    type Err = OperationIdError;

    fn from_str(text: &str) -> Result<Self, OperationIdError> {
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        let fits = (1..=Self::LENGTH_MAX).contains(&text.len()) && text.bytes().all(is_allowed);
        if fits { Ok(Self(text.to_owned())) } else { Err(OperationIdError) }
    }
}
