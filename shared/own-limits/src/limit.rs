//! [`Limit`]: a limit that players set for themselves. Lower counts at once; higher takes a day and their own word.

use crate::{Period, PlayLimitKind};
use evens_ledger::Amount;
use jiff::{SignedDuration, Timestamp};
use std::fmt;
use std::str::FromStr;
use strum::{ParseError, VariantArray};

/// How long a player waits until they may confirm a higher limit.
pub const RAISE_AFTER: SignedDuration = SignedDuration::from_hours(24);
/// How long they may confirm it from then on. A wish that was not confirmed by then has lapsed.
pub const RAISE_WITHIN: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What a limit is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LimitKind {
    /// How much is deposited.
    Deposits,
    /// How much is played.
    Play(PlayLimitKind),
}

/// Which of a player's limits; as text `deposits-day`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LimitId {
    /// Of what.
    pub kind: LimitKind,
    /// How long it counts.
    pub period: Period,
}

impl LimitKind {
    /// All of them.
    pub const ALL: [Self; 3] =
        [Self::Deposits, Self::Play(PlayLimitKind::Stakes), Self::Play(PlayLimitKind::Losses)];

    /// `deposits`, `stakes` or `losses`.
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
    /// Each limit that a player can set.
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

/// A limit that a player set for themselves, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limit {
    /// What counts now.
    pub current: Option<Amount>,
    /// What they asked for and have not confirmed.
    pub wanted: Option<WantedLimit>,
}

/// A higher limit that a player asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WantedLimit {
    /// How high; none for no limit at all.
    pub limit: Option<Amount>,
    /// From when on they may confirm it.
    pub from: Timestamp,
}

impl WantedLimit {
    /// Until when they may confirm it.
    pub fn until(self) -> Timestamp {
        self.from.saturating_add(RAISE_WITHIN).unwrap_or(Timestamp::MAX)
    }
}

/// Why a limit is not raised, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ConfirmRefusal {
    /// Nobody asked for a higher one, or it was not confirmed in time.
    #[error("no higher limit was asked for")]
    NothingWanted,
    /// It was asked for less than a day ago.
    #[error("the higher limit can be confirmed from {from} on")]
    TooEarly {
        /// From when on it can be.
        from: Timestamp,
    },
}

impl Limit {
    /// The limit as it stands at a moment: a wish that has lapsed is none.
    #[must_use]
    pub fn at(self, now: Timestamp) -> Self {
        Self { wanted: self.wanted.filter(|wanted| now < wanted.until()), ..self }
    }

    /// The limit after its player asked for another one, or for none. A lower one counts at once and ends any wish
    /// for a higher one; a wish that is repeated keeps its time, unless it has lapsed.
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

    /// The limit after its player confirmed the higher one.
    pub fn confirm(self, now: Timestamp) -> Result<Self, ConfirmRefusal> {
        let wanted = self.at(now).wanted.ok_or(ConfirmRefusal::NothingWanted)?;
        if now < wanted.from {
            return Err(ConfirmRefusal::TooEarly { from: wanted.from });
        }
        Ok(Self { current: wanted.limit, wanted: None })
    }

    /// How much more fits under the limit; none where there is no limit.
    pub fn left(self, taken: Amount) -> Option<Amount> {
        self.current.map(|current| current.saturating_sub(taken))
    }
}
