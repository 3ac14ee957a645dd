//! [`ShardCount`]: the number of items that hold a period's bets. [`Lane`]: one of the parts in which they are settled,
//! at most 16.

use evens_ledger::{Digest, UserId};
use std::fmt;
use std::str::FromStr;

/// The number of items that hold the bets of a period: a power of two from 1 to 4,096, fixed when it opens. In
/// production it is at least [`ShardCount::ONE_PER_LANE`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShardCount(u16);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a power of two from 1 to 4096")]
pub struct ShardCountError;

/// A part of a period that is settled by one job. A period has 16 of them, or as many as shards if those are fewer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Lane(u8);

impl ShardCount {
    /// One shard in each of 16 lanes.
    pub const ONE_PER_LANE: Self = Self(16);
    /// For periods with few bets.
    pub const TWO: Self = Self(2);
    pub const MAX: Self = Self(4_096);
    /// The planned number of bets per shard, if the room is as full as it was recently.
    const BETS_A_SHARD: u64 = 20;
    /// The maximum number of bets per shard. A record has 42 bytes, and a bet costs two write units for each KB of the
    /// item. A key allows 1,000 write units per second. This many bets stay below that while a period of 30 seconds
    /// takes bets. Further bets are refused because the period is full, instead of being throttled.
    pub const BETS_A_SHARD_MAX: usize = 700;

    pub fn new(count: u16) -> Result<Self, ShardCountError> {
        let is_allowed = count.is_power_of_two() && count <= Self::MAX.0;
        if is_allowed { Ok(Self(count)) } else { Err(ShardCountError) }
    }

    /// The number of shards for a period, at least `min`, given the bets in the fullest recent period of its room.
    pub fn for_bets(bets: u64, min: Self) -> Self {
        let wanted = bets.div_ceil(Self::BETS_A_SHARD).next_power_of_two();
        Self(u16::try_from(wanted).unwrap_or(Self::MAX.0).clamp(min.0, Self::MAX.0))
    }

    pub fn get(self) -> u16 {
        self.0
    }

    /// The shard of a player. It holds all bets of this player in the period.
    pub fn shard_of(self, user: UserId) -> u16 {
        let digest = Digest::of(user.to_string().as_bytes());
        let [first, second, ..] = *digest.bytes();
        u16::from_be_bytes([first, second]) % self.0
    }

    /// The lanes of the period.
    pub fn lanes(self) -> impl Iterator<Item = Lane> {
        Lane::all().take(self.0.into())
    }

    /// The shards of a lane, none if the period does not have the lane.
    pub fn shards_of(self, lane: Lane) -> impl Iterator<Item = u16> {
        (u16::from(lane.0)..self.0).step_by(usize::from(Lane::COUNT))
    }
}

impl Lane {
    /// The maximum number of lanes of a period.
    pub const COUNT: u8 = 16;

    pub fn new(number: u8) -> Option<Self> {
        (number < Self::COUNT).then_some(Self(number))
    }

    pub fn of_shard(shard: u16) -> Self {
        Self(u8::try_from(shard % u16::from(Self::COUNT)).unwrap_or_default())
    }

    /// The lanes of a period with at least 16 shards.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..Self::COUNT).map(Self)
    }

    /// The number of the lane, starting at 0.
    pub fn number(self) -> u8 {
        self.0
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a whole number from 0 to {}", Lane::COUNT - 1)]
pub struct LaneError;

impl FromStr for Lane {
    type Err = LaneError;

    fn from_str(text: &str) -> Result<Self, LaneError> {
        let lane = text.parse().ok().and_then(Self::new);
        lane.filter(|lane| lane.to_string() == text).ok_or(LaneError)
    }
}

impl fmt::Display for Lane {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, formatter)
    }
}

impl fmt::Debug for Lane {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, formatter)
    }
}
