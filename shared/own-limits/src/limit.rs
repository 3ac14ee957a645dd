//! [`Limit`]: a limit that a player sets. A lower one applies at once; a higher one takes a day and a confirmation.

use crate::{Period, PlayLimitKind};
use evens_ledger::Amount;
use jiff::{SignedDuration, Timestamp};
use std::fmt;
use std::str::FromStr;
use strum::{ParseError, VariantArray};

/// The time from the request for a higher limit until the player can confirm it.
pub const RAISE_AFTER: SignedDuration = SignedDuration::from_hours(24);
/// The time in which the higher limit can be confirmed. The request lapses after that.
pub const RAISE_WITHIN: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The activity that a limit applies to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LimitKind {
    Deposits,
    Play(PlayLimitKind),
}

/// The kind and the period of a limit, as text `deposits-day`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LimitId {
    pub kind: LimitKind,
    pub period: Period,
}

impl LimitKind {
    pub const ALL: [Self; 3] =
        [Self::Deposits, Self::Play(PlayLimitKind::Stakes), Self::Play(PlayLimitKind::Losses)];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Deposits => "deposits",
            Self::Play(kind) => kind.into(),
        }
    }
}

impl FromStr for LimitKind {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(ParseError::VariantNotFound)
    }
}

impl LimitId {
    pub fn all() -> impl Iterator<Item = Self> {
        LimitKind::ALL
            .into_iter()
            .flat_map(|kind| Period::VARIANTS.iter().map(move |period| Self { kind, period: *period }))
    }
}

impl FromStr for LimitId {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let (kind, period) = text.split_once('-').ok_or(ParseError::VariantNotFound)?;
        Ok(Self { kind: kind.parse()?, period: period.parse()? })
    }
}

impl fmt::Display for LimitId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}-{}", self.kind.as_str(), self.period)
    }
}

/// The limit that a player has set, if any, and a requested higher limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limit {
    pub current: Option<Amount>,
    /// A higher limit that is requested and not confirmed.
    pub wanted: Option<WantedLimit>,
}

/// A request for a higher limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WantedLimit {
    /// The requested limit. `None` removes the limit.
    pub limit: Option<Amount>,
    /// The earliest time at which the player can confirm it.
    pub from: Timestamp,
}

impl WantedLimit {
    /// The time at which the request lapses.
    pub fn until(self) -> Timestamp {
        self.from.saturating_add(RAISE_WITHIN).unwrap_or(Timestamp::MAX)
    }
}

/// The reason why a limit is not raised, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ConfirmRefusal {
    /// No higher limit was requested, or the request has lapsed.
    #[error("no higher limit was requested")]
    NothingWanted,
    /// The request is less than a day old.
    #[error("the higher limit can be confirmed from {from}")]
    TooEarly { from: Timestamp },
}

impl Limit {
    /// The limit at a point in time: a lapsed request is removed.
    #[must_use]
    pub fn at(self, now: Timestamp) -> Self {
        Self { wanted: self.wanted.filter(|wanted| now < wanted.until()), ..self }
    }

    /// The limit after the player's request for another limit, or for none. A lower limit applies at once and drops a
    /// pending request. Repeating a pending request does not restart its waiting time.
    #[must_use]
    pub fn ask(self, asked: Option<Amount>, now: Timestamp) -> Self {
        let is_higher = match (asked, self.current) {
            (_, None) => false,
            (None, Some(_)) => true,
            (Some(asked), Some(current)) => asked > current,
        };
        if !is_higher {
            return Self { current: asked, wanted: None };
        }
        match self.at(now).wanted {
            Some(wanted) if wanted.limit == asked => self,
            _ => Self { wanted: Some(WantedLimit { limit: asked, from: now + RAISE_AFTER }), ..self },
        }
    }

    /// The limit after the player's confirmation of the higher limit.
    pub fn confirm(self, now: Timestamp) -> Result<Self, ConfirmRefusal> {
        let wanted = self.at(now).wanted.ok_or(ConfirmRefusal::NothingWanted)?;
        if now < wanted.from {
            return Err(ConfirmRefusal::TooEarly { from: wanted.from });
        }
        Ok(Self { current: wanted.limit, wanted: None })
    }

    /// The amount that still fits under the limit, or `None` without a limit.
    pub fn left(self, taken: Amount) -> Option<Amount> {
        self.current.map(|current| current.saturating_sub(taken))
    }
}
