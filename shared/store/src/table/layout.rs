//! [`Layout`]: the numbers of partitions over which the store spreads items.

use crate::table::shard::Shard;
use evens_games::ShardCount;
use evens_jackpots::MeterCount;
use evens_ledger::Digest;
use std::fmt;

/// The numbers of partitions over which items are spread, so that none of them is hot.
///
/// The numbers are fixed for the life of a table. Keys follow from them, so a store with another layout would miss
/// items. Only the minimum of a period's shards may change, because each period stores its number. Every process of a
/// stage uses the default. Other layouts are for simulated runs, which would otherwise spend most of their calls on
/// empty partitions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    shards: u8,
    period_shards_min: ShardCount,
    meters: MeterCount,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LayoutError {
    #[error("the number of shards must be from 1 to {}", Layout::SHARDS_MAX)]
    Shards,
}

impl Layout {
    /// The layout of every table that is in use.
    pub const PRODUCTION: Self =
        Self { shards: 16, period_shards_min: ShardCount::ONE_PER_LANE, meters: MeterCount::PRODUCTION };
    /// The layout for simulated runs with few items.
    pub const SMALL: Self = Self { shards: 2, period_shards_min: ShardCount::TWO, meters: MeterCount::FOUR };
    /// A shard has two digits in keys.
    pub const SHARDS_MAX: u8 = 99;

    /// A layout with `shards` shards of the `unfinished` index and of the order book, at least `period_shards_min`
    /// shards of each period, and these meters of the jackpots.
    ///
    /// # Errors
    /// 1. The number of shards is not from 1 to [`Layout::SHARDS_MAX`].
    pub fn new(shards: u8, period_shards_min: ShardCount, meters: MeterCount) -> Result<Self, LayoutError> {
        if !(1..=Self::SHARDS_MAX).contains(&shards) {
            return Err(LayoutError::Shards);
        }
        Ok(Self { shards, period_shards_min, meters })
    }

    /// The numbers of the shards of the `unfinished` index and of the order book.
    pub fn shards(self) -> impl Iterator<Item = u8> {
        0..self.shards
    }

    /// The minimum number of shards of a new period. A period stores its own number.
    pub fn period_shards_min(self) -> ShardCount {
        self.period_shards_min
    }

    /// The number of meters of the jackpots.
    pub fn meters(self) -> MeterCount {
        self.meters
    }

    /// The shard of an item with this id.
    pub(crate) fn shard_of(self, id: impl fmt::Display) -> Shard {
        self.shard(Digest::of(id.to_string().as_bytes()).bytes()[0])
    }

    /// The shard with this number. A number that is too large wraps around.
    pub(crate) fn shard(self, number: u8) -> Shard {
        Shard(number % self.shards)
    }
}

impl Default for Layout {
    fn default() -> Self {
        Self::PRODUCTION
    }
}

#[cfg(test)]
mod tests {
    use super::{Layout, LayoutError};
    use evens_games::ShardCount;
    use evens_jackpots::MeterCount;

    /// Items of production are stored under these numbers, so they never change.
    #[test]
    fn an_id_keeps_its_shard() {
        for (id, production, small) in [("42", "03", "01"), ("r-1", "05", "01"), ("BRONZE", "12", "00")] {
            let shards = [Layout::default(), Layout::SMALL].map(|layout| layout.shard_of(id).to_string());
            assert_eq!(shards, [production, small], "{id}");
        }
        assert!(Layout::default().shards().eq(0..16));
        assert!(Layout::SMALL.shards().eq(0..2));
        let of_periods = [Layout::default(), Layout::SMALL].map(|layout| layout.period_shards_min().get());
        assert_eq!(of_periods, [16, 2]);
        let meters = [Layout::default(), Layout::SMALL].map(|layout| layout.meters().get());
        assert_eq!(meters, [64, 4]);
    }

    #[test]
    fn a_layout_has_a_shard_and_two_digits_for_it() {
        let layout = |shards| Layout::new(shards, ShardCount::ONE_PER_LANE, MeterCount::PRODUCTION);
        for (shards, is_layout) in [(0, false), (1, true), (2, true), (99, true), (100, false)] {
            assert_eq!(layout(shards).is_ok(), is_layout, "{shards}");
        }
        assert_eq!(layout(16), Ok(Layout::default()));
        assert_eq!(LayoutError::Shards.to_string(), "the number of shards must be from 1 to 99");
        let one = layout(1).expect("one shard");
        assert!((0..=u8::MAX).all(|number| one.shard(number).to_string() == "00"));
    }
}
