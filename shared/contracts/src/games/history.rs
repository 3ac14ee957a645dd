//! Which page of a room's results is asked for.

use crate::http::whole::parse_whole;
use evens_games::PeriodId;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// How many periods a page of results is about at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageLimit(u16);

/// The text is no such number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a number from 1 to {}", PageLimit::MAX.0)]
pub struct PageLimitError;

/// The number of a page, from 1 on: clients that know no cursors count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageNumber(u32);

/// The text is no such number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a number from 1 to {}", PageNumber::MAX.0)]
pub struct PageNumberError;

impl PageLimit {
    /// As many as a page has, where nothing is said.
    pub const MAX: Self = Self(50);

    /// The number.
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl PageNumber {
    /// The last one: months of the fastest room, and years of the others.
    pub const MAX: Self = Self(10_000);

    /// The number.
    pub const fn get(self) -> u32 {
        self.0
    }

    /// The periods that the page is about, in a room whose newest result is that one's. One that has no result, as it
    /// was cancelled or left out, is counted all the same: so pages neither repeat a result nor leave one out.
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
