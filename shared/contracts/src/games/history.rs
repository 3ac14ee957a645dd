//! The requested page of a room's results.

use crate::http::whole::parse_whole;
use evens_games::PeriodId;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// Maximum number of periods on a page of results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageLimit(u16);

/// The text is not such a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a number from 1 to {}", PageLimit::MAX.0)]
pub struct PageLimitError;

/// The number of a page, from 1, for clients without cursors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageNumber(u32);

/// The text is not such a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a number from 1 to {}", PageNumber::MAX.0)]
pub struct PageNumberError;

impl PageLimit {
    /// The maximum, and the default.
    pub const MAX: Self = Self(50);

    /// The number.
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl PageNumber {
    /// The last page: months of the fastest room, and years of the others.
    pub const MAX: Self = Self(10_000);

    /// The number.
    pub const fn get(self) -> u32 {
        self.0
    }

    /// The periods of the page, in a room with this newest result. Periods without a result, because they were
    /// cancelled or skipped, count too. So pages neither repeat nor skip a result.
    pub fn periods(self, newest: PeriodId, limit: PageLimit) -> RangeInclusive<PeriodId> {
        let limit = i64::from(limit.0);
        let newest = newest.later(-i64::from(self.0 - 1) * limit);
        newest.later(1 - limit)..=newest
    }
}

impl FromStr for PageLimit {
    type Err = PageLimitError;

    fn from_str(text: &str) -> Result<Self, PageLimitError> {
        let number = parse_whole(text).filter(|number| (1..=Self::MAX.0).contains(number));
        number.map(Self).ok_or(PageLimitError)
    }
}

impl FromStr for PageNumber {
    type Err = PageNumberError;

    fn from_str(text: &str) -> Result<Self, PageNumberError> {
        let number = parse_whole(text).filter(|number| (1..=Self::MAX.0).contains(number));
        number.map(Self).ok_or(PageNumberError)
    }
}
