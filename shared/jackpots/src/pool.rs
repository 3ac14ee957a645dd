//! [`Pool`] and [`Meter`]: the items that hold the money of the jackpots.

use crate::{ByGroup, JackpotGroup, OperationId, PendingWin};
use evens_ledger::Amount;
use jiff::Timestamp;
use std::ops::Range;

/// The number of items over which contributions are spread, from 1 to [`MeterCount::MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MeterCount(u8);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the number of meters must be from 1 to {}", MeterCount::MAX)]
pub struct MeterCountError;

impl MeterCount {
    /// A meter has two digits in its key.
    pub const MAX: u8 = 99;
    pub const PRODUCTION: Self = Self(64);
    /// For a few contributions.
    pub const FOUR: Self = Self(4);

    pub fn new(count: u8) -> Result<Self, MeterCountError> {
        if (1..=Self::MAX).contains(&count) { Ok(Self(count)) } else { Err(MeterCountError) }
    }

    pub const fn get(self) -> u8 {
        self.0
    }

    /// The numbers of all meters.
    pub fn numbers(self) -> Range<u8> {
        0..self.0
    }
}

/// Amounts for the pool and the reserve of a group. The pool can be won; the reserve refills the next pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Share {
    pub pool: Amount,
    pub reserve: Amount,
}

/// The pool of a group, without the content of the meters. Contributions neither read nor write it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pool {
    pub group: JackpotGroup,
    /// Increases by one with each change.
    pub version: u64,
    /// The number of wins paid from it.
    pub cycle: u64,
    pub amount: Amount,
    pub reserve: Amount,
    pub state: PoolState,
    pub last_modified_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PoolState {
    /// No win is in progress.
    Open,
    /// This win is in progress, so no other can begin.
    Winning(Box<PendingWin>),
}

/// Contributions to all groups that are not in a pool yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meter {
    /// Below the number of meters.
    pub number: u8,
    /// Increases by one with each change.
    pub version: u64,
    pub last_modified_at: Timestamp,
    pub parts: ByGroup<MeterPart>,
}

/// The part of a meter that belongs to one group.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MeterPart {
    /// The contributions since the last win that collected it.
    pub share: Share,
    /// The number of the group's wins that have collected it.
    pub cycle: u64,
    /// The amount that the last win collected.
    pub won: Option<WonPart>,
}

/// The amount that a win collected from a meter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WonPart {
    pub by: OperationId,
    pub share: Share,
}

/// The total content of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct GroupTotals {
    /// The amount that can be won.
    pub amount: Amount,
    /// The amount that refills the next pool.
    pub reserve: Amount,
}

impl Share {
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        let (pool, reserve) =
            (self.pool.saturating_add(other.pool), self.reserve.saturating_add(other.reserve));
        Self { pool, reserve }
    }

    /// The sum of both parts.
    pub fn total(self) -> Amount {
        self.pool.saturating_add(self.reserve)
    }
}

impl Pool {
    pub fn winning(&self) -> Option<&PendingWin> {
        match &self.state {
            PoolState::Open => None,
            PoolState::Winning(win) => Some(win),
        }
    }
}

impl MeterPart {
    /// Collects the content for a win. Returns `None` if this win or a later one has already collected it.
    pub fn collect(&self, win: &OperationId, cycle: u64) -> Option<Self> {
        let won = WonPart { by: win.clone(), share: self.share };
        (self.cycle <= cycle).then(|| Self { share: Share::default(), cycle: cycle + 1, won: Some(won) })
    }

    /// The amount that this win collected, if it was the last one.
    pub fn found_by(&self, win: &OperationId) -> Option<Share> {
        self.won.as_ref().filter(|won| won.by == *win).map(|won| won.share)
    }
}

/// The total content of a group: in its pool, in all meters, and collected by a win in progress.
pub fn group_totals(pool: &Pool, meters: &[Meter]) -> GroupTotals {
    let in_meter = |meter: &Meter| {
        let part = meter.parts.get(pool.group);
        let found = pool.winning().and_then(|win| part.found_by(&win.award.operation));
        part.share.plus(found.unwrap_or_default())
    };
    let of_pool = Share { pool: pool.amount, reserve: pool.reserve };
    let Share { pool, reserve } = meters.iter().map(in_meter).fold(of_pool, Share::plus);
    GroupTotals { amount: pool, reserve }
}
