//! [`Period`]: the calendar day, week and month in which sums are limited, and what is kept for each of them.

use evens_ledger::Amount;
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use strum::{AsRefStr, Display, EnumString, IntoStaticStr, VariantArray};

/// A stretch of the calendar of the platform's time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[derive(AsRefStr, Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum Period {
    /// From midnight.
    Day,
    /// From Monday.
    Week,
    /// From the first.
    Month,
}

impl Period {
    /// The first day of the period that a moment is in.
    ///
    /// ```
    /// use evens_own_limits::Period;
    /// let india = jiff::tz::TimeZone::fixed(jiff::tz::Offset::from_seconds(19_800)?);
    /// let evening = "2026-11-30T18:30:00Z".parse()?; // midnight of Tuesday, 1 December in India
    /// assert_eq!(Period::Week.start(evening, &india).to_string(), "2026-11-30");
    /// assert_eq!(Period::Month.start(evening, &india).to_string(), "2026-12-01");
    /// # Ok::<(), jiff::Error>(())
    /// ```
    pub fn start(self, at: Timestamp, zone: &TimeZone) -> Date {
        let day = zone.to_datetime(at).date();
        match self {
            Self::Day => day,
            Self::Week => {
                let since_monday = day.weekday().since(Weekday::Monday);
                day.saturating_sub(i64::from(since_monday).days())
            }
            Self::Month => day.first_of_month(),
        }
    }

    /// The moment at which the period began that a moment is in.
    pub fn start_moment(self, at: Timestamp, zone: &TimeZone) -> Timestamp {
        let midnight = zone.to_timestamp(self.start(at, zone).to_datetime(Time::midnight()));
        midnight.unwrap_or(Timestamp::MIN)
    }
}

/// Something for each period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PerPeriod<T> {
    /// For the day.
    pub day: T,
    /// For the week.
    pub week: T,
    /// For the month.
    pub month: T,
}

impl<T> PerPeriod<T> {
    /// What is kept for a period.
    pub fn of(&self, period: Period) -> &T {
        match period {
            Period::Day => &self.day,
            Period::Week => &self.week,
            Period::Month => &self.month,
        }
    }

    /// The same with something else for one period.
    #[must_use]
    pub fn with(mut self, period: Period, changed: T) -> Self {
        match period {
            Period::Day => self.day = changed,
            Period::Week => self.week = changed,
            Period::Month => self.month = changed,
        }
        self
    }

    /// Something else for each period, made from what is kept for it.
    #[must_use]
    pub fn map<U>(&self, made: impl Fn(Period, &T) -> U) -> PerPeriod<U> {
        PerPeriod {
            day: made(Period::Day, &self.day),
            week: made(Period::Week, &self.week),
            month: made(Period::Month, &self.month),
        }
    }
}

/// A sum of one period. It is of no interest any more when the next period has begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PeriodSum {
    /// The first day of the period.
    pub starts_on: Date,
    /// What was added up since then.
    pub sum: Amount,
}

impl PeriodSum {
    /// The sum with one more amount in the period that starts on a day; a period that is over begins anew.
    #[must_use]
    pub fn plus(self, amount: Amount, starts_on: Date) -> Self {
        let current = if starts_on > self.starts_on { Self { starts_on, sum: Amount::ZERO } } else { self };
        Self { sum: current.sum.saturating_add(amount), ..current }
    }
}
