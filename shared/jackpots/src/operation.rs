//! [`OperationId`]: the idempotency key of an operation on a jackpot.

use crate::{Contribution, JackpotGroup, MeterCount};
use evens_games::{Lane, PeriodId};
use evens_ledger::{Digest, EntryPurpose};
use std::fmt;
use std::str::FromStr;

/// The id of an operation: chosen by a client, or derived from a period of a game. Contributions and wins share the
/// ids, so that no id has two meanings.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OperationId(String);

/// The text is not an id that a client may choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to {} letters, digits, '.', '_' and '-'", OperationId::LENGTH_MAX)]
pub struct OperationIdError;

impl OperationId {
    /// The maximum length of an id chosen by a client, in characters.
    pub const LENGTH_MAX: usize = 64;
    /// The prefix of contributions by a lane of a period.
    const OF_PLAY: &str = "period:";
    /// The prefix of drawn wins.
    const DRAWN: &str = "drawn:";

    /// The id of the contribution by the bets in a lane of a period. A client cannot choose it, because it contains a
    /// colon.
    pub fn of_lane(period: PeriodId, lane: Lane) -> Self {
        Self(format!("{}{period}:{lane}", Self::OF_PLAY))
    }

    /// Returns `true` for a contribution by bets.
    pub fn is_of_play(&self) -> bool {
        self.0.starts_with(Self::OF_PLAY)
    }

    /// The period of a contribution by bets, or `None` for other ids.
    pub fn period(&self) -> Option<PeriodId> {
        let (period, _) = self.0.strip_prefix(Self::OF_PLAY)?.split_once(':')?;
        period.parse().ok()
    }

    /// The id of the win that a period draws for a group.
    pub fn of_drawn_win(period: PeriodId, group: JackpotGroup) -> Self {
        Self(format!("{}{period}:{group}", Self::DRAWN))
    }

    /// The period and group of a drawn win, or `None` for other ids.
    pub fn drawn_win(&self) -> Option<(PeriodId, JackpotGroup)> {
        let (period, group) = self.0.strip_prefix(Self::DRAWN)?.split_once(':')?;
        Some((period.parse().ok()?, group.parse().ok()?))
    }

    /// The contribution that made the transfer with this ledger key, or `None` for other keys.
    pub fn of_contribution(key: &str) -> Option<Self> {
        let (purpose, rest) = EntryPurpose::split(key)?;
        let is_contribution = Contribution::LEGS.contains(&purpose);
        let (operation, group) = rest.rsplit_once(':').filter(|_| is_contribution)?;
        group.parse::<JackpotGroup>().is_ok().then(|| Self(operation.to_owned()))
    }

    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first meter that is tried for this operation, of so many.
    pub fn meter(&self, meters: MeterCount) -> u8 {
        Digest::of(self.0.as_bytes()).bytes()[0] % meters.get()
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
