//! [`Period`]: the calendar day, week or month for which amounts are added up. [`PerPeriod`]: a value for each of them.

use evens_ledger::Amount;
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use strum::{AsRefStr, Display, EnumString, IntoStaticStr, VariantArray};

/// A calendar period in the time zone of the platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[derive(AsRefStr, Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum Period {
    /// Starts at midnight.
    Day,
    /// Starts on Monday.
    Week,
    /// Starts on the first.
    Month,
}

impl Period {
    /// The first day of the period that contains a point in time.
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

    /// The start of the period that contains a point in time.
    pub fn start_moment(self, at: Timestamp, zone: &TimeZone) -> Timestamp {
        let midnight = zone.to_timestamp(self.start(at, zone).to_datetime(Time::midnight()));
        midnight.unwrap_or(Timestamp::MIN)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PerPeriod<T> {
    pub day: T,
    pub week: T,
    pub month: T,
}

impl<T> PerPeriod<T> {
    pub fn of(&self, period: Period) -> &T {
        match period {
            Period::Day => &self.day,
            Period::Week => &self.week,
            Period::Month => &self.month,
        }
    }

    /// Replaces the value of one period.
    #[must_use]
    pub fn with(mut self, period: Period, changed: T) -> Self {
        match period {
            Period::Day => self.day = changed,
            Period::Week => self.week = changed,
            Period::Month => self.month = changed,
        }
        self
    }

    /// Computes a new value for each period.
    #[must_use]
    pub fn map<U>(&self, made: impl Fn(Period, &T) -> U) -> PerPeriod<U> {
        PerPeriod {
            day: made(Period::Day, &self.day),
            week: made(Period::Week, &self.week),
            month: made(Period::Month, &self.month),
        }
    }
}

/// The sum of one period. It is obsolete once the next period has begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PeriodSum {
    pub starts_on: Date,
    /// The sum since that day.
    pub sum: Amount,
}

impl PeriodSum {
    /// Adds an amount in the period that starts on `starts_on`. A later period starts a new sum.
    #[must_use]
    pub fn plus(self, amount: Amount, starts_on: Date) -> Self {
        let current = if starts_on > self.starts_on { Self { starts_on, sum: Amount::ZERO } } else { self };
        Self { sum: current.sum.saturating_add(amount), ..current }
    }
}
