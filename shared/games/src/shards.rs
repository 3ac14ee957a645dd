//! [`ShardCount`]: over how many items a period's bets are spread; [`Lane`]: which of 16 jobs settles a shard.

use evens_ledger::{Digest, UserId};
use std::fmt;
use std::str::FromStr;

/// Over how many items the bets of a period are spread: a power of two from 16 to 4,096, fixed when it opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShardCount(u16);

/// The number is no number of shards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is no power of two from 16 to 4096")]
pub struct ShardCountError;

/// One of the 16 parts in which a period is settled.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Lane(u8);

impl ShardCount {
    /// The least, which is the number of lanes.
    pub const MIN: Self = Self(16);
    /// The most.
    pub const MAX: Self = Self(4_096);
    /// How many bets a shard is to hold at most, if the room is as full as it was.
    const BETS_A_SHARD: u64 = 20;
    /// How many it takes. A record of 42 bytes is one more in a set, and a bet costs two write units for each KB that
    /// the item has by then; a key takes 1,000 of them in a second. So many bets cost a key no more than that while a
    /// period of 30 seconds takes bets. Beyond it players are told that the period is full, instead of to try again.
    pub const BETS_A_SHARD_MAX: usize = 700;

    /// That many shards.
    pub fn new(count: u16) -> Result<Self, ShardCountError> {
        let is_allowed = count.is_power_of_two() && (Self::MIN.0..=Self::MAX.0).contains(&count);
        if is_allowed { Ok(Self(count)) } else { Err(ShardCountError) }
    }

    /// As many as a period needs whose room has lately had so many bets in its fullest one.
    pub fn for_bets(bets: u64) -> Self {
        let wanted = bets.div_ceil(Self::BETS_A_SHARD).next_power_of_two();
        Self(u16::try_from(wanted).unwrap_or(Self::MAX.0).clamp(Self::MIN.0, Self::MAX.0))
    }

    /// How many.
    pub fn get(self) -> u16 {
        self.0
    }

    /// The shard of a player's bets: all of them are in one.
    pub fn shard_of(self, user: UserId) -> u16 {
        let digest = Digest::of(user.to_string().as_bytes());
        let [first, second, ..] = *digest.bytes();
        u16::from_be_bytes([first, second]) % self.0
    }

    /// The shards that a lane settles.
    pub fn shards_of(self, lane: Lane) -> impl Iterator<Item = u16> {
        (u16::from(lane.0)..self.0).step_by(usize::from(Lane::COUNT))
    }
}

impl Lane {
    /// How many there are.
    pub const COUNT: u8 = 16;

    /// The lane of that number.
    pub fn new(number: u8) -> Option<Self> {
        (number < Self::COUNT).then_some(Self(number))
    }

    /// The lane that settles a shard.
    pub fn of_shard(shard: u16) -> Self {
        Self(u8::try_from(shard % u16::from(Self::COUNT)).unwrap_or_default())
    }

    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..Self::COUNT).map(Self)
    }

    /// Its number, from 0 on.
    pub fn number(self) -> u8 {
        self.0
    }
}

/// The text is no number of a lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is no whole number from 0 to {}", Lane::COUNT - 1)]
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
