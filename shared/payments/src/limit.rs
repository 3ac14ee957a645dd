//! [`Limit`]: a limit that players set for themselves. Lower counts at once; higher takes a day and their own word.

use evens_ledger::Amount;
use jiff::{SignedDuration, Timestamp};

/// How long a player waits until they may confirm a higher limit.
pub const RAISE_AFTER: SignedDuration = SignedDuration::from_hours(24);

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

/// Why a limit is not raised, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ConfirmRefusal {
    /// Nobody asked for a higher one.
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
    /// The limit after its player asked for another one, or for none. A lower one counts at once and ends any wish
    /// for a higher one; a wish that is repeated keeps its time.
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
        match self.wanted {
            Some(wanted) if wanted.limit == asked => self,
            _ => Self { wanted: Some(WantedLimit { limit: asked, from: now + RAISE_AFTER }), ..self },
        }
    }

    /// The limit after its player confirmed the higher one.
    pub fn confirm(self, now: Timestamp) -> Result<Self, ConfirmRefusal> {
        let wanted = self.wanted.ok_or(ConfirmRefusal::NothingWanted)?;
        if now < wanted.from {
            return Err(ConfirmRefusal::TooEarly { from: wanted.from });
        }
        Ok(Self { current: wanted.limit, wanted: None })
    }

    /// How much more fits under the limit; none where there is no limit.
    pub(crate) fn left(self, taken: Amount) -> Option<Amount> {
        self.current.map(|current| current.saturating_sub(taken))
    }
}
