//! [`Pool`] and [`Meter`]: where the money of the jackpots is.

use crate::{ByGroup, JackpotGroup, OperationId, PendingWin};
use evens_ledger::Amount;
use jiff::Timestamp;

/// Over how many items contributions are spread.
pub const METERS: u8 = 64;

/// What goes into a group, or is there: part of it is won, part of it starts the next pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Share {
    /// For the pool.
    pub pool: Amount,
    /// For the reserve.
    pub reserve: Amount,
}

/// The pool of a group, without what is in the meters. Contributors neither read nor write it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pool {
    /// Whose.
    pub group: JackpotGroup,
    /// Rises by one with each change.
    pub version: u64,
    /// How many wins were paid out of it.
    pub cycle: u64,
    /// What is in it.
    pub amount: Amount,
    /// What is in its reserve.
    pub reserve: Amount,
    /// Whether a win is under way.
    pub state: PoolState,
    /// When it was last changed.
    pub last_modified_at: Timestamp,
}

/// Whether a win is under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PoolState {
    /// None is.
    Open,
    /// This one is, and nobody begins another.
    Winning(Box<PendingWin>),
}

/// What was contributed to all groups under some operations' ids, and is in no pool yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meter {
    /// Which one, below [`METERS`].
    pub number: u8,
    /// Rises by one with each change.
    pub version: u64,
    /// When it was last changed.
    pub last_modified_at: Timestamp,
    /// What is in it, by group.
    pub parts: ByGroup<MeterPart>,
}

/// A group's part of a meter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MeterPart {
    /// What was contributed since the last win that collected it.
    pub share: Share,
    /// How many wins have collected it, of the group's.
    pub cycle: u64,
    /// What the last of them found.
    pub won: Option<WonPart>,
}

/// What a win found in a meter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WonPart {
    /// Which win.
    pub by: OperationId,
    /// How much.
    pub share: Share,
}

/// What a group holds altogether.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// What can be won.
    pub amount: Amount,
    /// What starts the next pool.
    pub reserve: Amount,
}

impl Share {
    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        let (pool, reserve) =
            (self.pool.saturating_add(other.pool), self.reserve.saturating_add(other.reserve));
        Self { pool, reserve }
    }

    /// Both parts together.
    pub fn total(self) -> Amount {
        self.pool.saturating_add(self.reserve)
    }
}

impl Pool {
    /// The win that is under way, if one is.
    pub fn winning(&self) -> Option<&PendingWin> {
        match &self.state {
            PoolState::Open => None,
            PoolState::Winning(win) => Some(win),
        }
    }
}

impl MeterPart {
    /// What a win takes out of it: none where it, or a later one, did so before.
    pub fn collect(&self, win: &OperationId, cycle: u64) -> Option<Self> {
        let won = WonPart { by: win.clone(), share: self.share };
        (self.cycle <= cycle).then(|| Self { share: Share::default(), cycle: cycle + 1, won: Some(won) })
    }

    /// What that win found in it, once it was collected.
    pub fn found_by(&self, win: &OperationId) -> Option<Share> {
        self.won.as_ref().filter(|won| won.by == *win).map(|won| won.share)
    }
}

/// What a group holds altogether: in its pool, in all meters, and in the hands of a win that is under way.
pub fn standing(pool: &Pool, meters: &[Meter]) -> Standing {
    let in_meter = |meter: &Meter| {
        let part = meter.parts.get(pool.group);
        let found = pool.winning().and_then(|win| part.found_by(&win.award.operation));
        part.share.plus(found.unwrap_or_default())
    };
    let of_pool = Share { pool: pool.amount, reserve: pool.reserve };
    let Share { pool, reserve } = meters.iter().map(in_meter).fold(of_pool, Share::plus);
    Standing { amount: pool, reserve }
}
