//! [`StatementCalendar`]: when a provider's day is, which of their files tell of it, and when nothing new comes.

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{Span, Timestamp};
use std::ops::Range;

/// By how many days each side may have something later than the other, as each has its own clock.
const GRACE_DAYS: i32 = 1;

/// By which clock a provider's days are, and how late they tell of what moved on one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatementCalendar {
    offset: Offset,
    late_days: i32,
}

impl StatementCalendar {
    /// Days of UTC, each of which has all that moved on it in its own file.
    pub const UTC: Self = Self { offset: Offset::UTC, late_days: 0 };

    /// Days of clocks that are ahead of UTC by `offset`, where a line may be in the file of up to `late_days` days
    /// after its own.
    pub const fn new(offset: Offset, late_days: u8) -> Self {
        Self { offset, late_days: late_days as i32 }
    }

    /// The provider's day at a moment.
    pub fn day_of(self, at: Timestamp) -> Date {
        self.offset.to_datetime(at).date()
    }

    /// From the beginning of a day to before its end; none at the end of all time.
    pub fn bounds(self, day: Date) -> Option<Range<Timestamp>> {
        Some(self.start(day)?..self.start(day.tomorrow().ok()?)?)
    }

    /// The days whose files tell of a day and of its neighbours, in their order.
    pub fn files(self, day: Date) -> impl Iterator<Item = Date> {
        let from = -GRACE_DAYS;
        let to = GRACE_DAYS + self.late_days;
        (from..=to).filter_map(move |days| shifted(day, days))
    }

    /// From when on nothing new comes that belongs to a day; none at the end of all time.
    pub fn final_from(self, day: Date) -> Option<Timestamp> {
        self.start(shifted(day, 1 + GRACE_DAYS + self.late_days)?)
    }

    /// The newest day of which nothing new comes.
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
