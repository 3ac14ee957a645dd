//! [`StatementCalendar`]: the bounds of a provider's day, the files that cover it, and the time at which it is
//! complete.

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{Span, Timestamp};
use std::ops::Range;

/// The number of days by which the two sides may differ, because their clocks differ.
const GRACE_DAYS: i32 = 1;

/// The time zone of a provider's days, and the delay of its statements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatementCalendar {
    offset: Offset,
    late_days: i32,
}

impl StatementCalendar {
    /// Days in UTC, with all lines of a day in its own file.
    pub const UTC: Self = Self { offset: Offset::UTC, late_days: 0 };

    /// Days in a zone that is ahead of UTC by `offset`. A line may be in a file of up to `late_days` days after its own
    /// day.
    pub const fn new(offset: Offset, late_days: u8) -> Self {
        Self { offset, late_days: late_days as i32 }
    }

    /// The provider's day that contains `at`.
    pub fn day_of(self, at: Timestamp) -> Date {
        self.offset.to_datetime(at).date()
    }

    /// The time from the beginning of a day to its end. Returns `None` at the end of the calendar.
    pub fn bounds(self, day: Date) -> Option<Range<Timestamp>> {
        Some(self.start(day)?..self.start(day.tomorrow().ok()?)?)
    }

    /// The days whose files contain lines of a day and of its neighbours, in order.
    pub fn files(self, day: Date) -> impl Iterator<Item = Date> {
        let from = -GRACE_DAYS;
        let to = GRACE_DAYS + self.late_days;
        (from..=to).filter_map(move |days| shifted(day, days))
    }

    /// The time after which no further lines of a day are expected. Returns `None` at the end of the calendar.
    pub fn final_from(self, day: Date) -> Option<Timestamp> {
        self.start(shifted(day, 1 + GRACE_DAYS + self.late_days)?)
    }

    /// The newest complete day.
    pub fn newest_final(self, now: Timestamp) -> Option<Date> {
        shifted(self.day_of(now), -(1 + GRACE_DAYS + self.late_days))
    }

    fn start(self, day: Date) -> Option<Timestamp> {
        self.offset.to_timestamp(day.at(0, 0, 0, 0)).ok()
    }
}

fn shifted(day: Date, days: i32) -> Option<Date> {
    day.checked_add(Span::new().days(days)).ok()
}
