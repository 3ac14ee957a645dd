//! Attendance: the calendar day of players, their months, and their streak of consecutive days.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use std::fmt;
use std::str::FromStr;

/// The offset of the players' calendar from UTC, in minutes. It is the same for all players and all year.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct AttendanceOffset(i32);

/// No clock of players has this offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be an offset from UTC between -14:00 and +14:00 in steps of 15 minutes, such as +05:30")]
pub struct AttendanceOffsetError;

impl AttendanceOffset {
    /// Indian Standard Time.
    pub const INDIA: Self = Self(330);
    const MINUTES_MAX: i32 = 14 * 60;
    /// All UTC offsets in use are multiples of it.
    const STEP_MINUTES: i32 = 15;

    /// The day that contains `now`.
    ///
    /// ```
    /// use evens_players::AttendanceOffset;
    /// let evening = "2026-11-30T18:30:00Z".parse()?;
    /// assert_eq!(AttendanceOffset::INDIA.day(evening).to_string(), "2026-12-01");
    /// # Ok::<(), jiff::Error>(())
    /// ```
    pub fn day(self, now: Timestamp) -> Date {
        self.offset().to_datetime(now).date()
    }

    fn of_minutes(minutes: i32) -> Result<Self, AttendanceOffsetError> {
        let is_used = minutes.abs() <= Self::MINUTES_MAX && minutes % Self::STEP_MINUTES == 0;
        if is_used { Ok(Self(minutes)) } else { Err(AttendanceOffsetError) }
    }

    pub fn offset(self) -> Offset {
        Offset::from_seconds(self.0 * 60).unwrap_or(Offset::UTC)
    }
}

impl Default for AttendanceOffset {
    fn default() -> Self {
        Self::INDIA
    }
}

impl FromStr for AttendanceOffset {
    type Err = AttendanceOffsetError;

    fn from_str(text: &str) -> Result<Self, AttendanceOffsetError> {
        let sign = match text.as_bytes().first() {
            Some(b'+') => 1,
            Some(b'-') => -1,
            _ => return Err(AttendanceOffsetError),
        };
        let (hours, minutes) = text[1..].split_once(':').ok_or(AttendanceOffsetError)?;
        let hours = digits(hours, 2).ok_or(AttendanceOffsetError)?;
        let minutes = digits(minutes, 2).filter(|minutes| *minutes < 60).ok_or(AttendanceOffsetError)?;
        Self::of_minutes(sign * (i32::from(hours) * 60 + i32::from(minutes)))
    }
}

impl TryFrom<Offset> for AttendanceOffset {
    type Error = AttendanceOffsetError;

    fn try_from(offset: Offset) -> Result<Self, AttendanceOffsetError> {
        let seconds = offset.seconds();
        if seconds % 60 == 0 { Self::of_minutes(seconds / 60) } else { Err(AttendanceOffsetError) }
    }
}

impl fmt::Display for AttendanceOffset {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { '-' } else { '+' };
        let minutes = self.0.abs();
        write!(formatter, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

impl fmt::Debug for AttendanceOffset {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// A month of a year, such as `2026-11`. Stored as its first day.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Month(Date);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a month from 2000-01 to 2100-12, such as 2026-11")]
pub struct MonthError;

impl Month {
    pub fn of(date: Date) -> Self {
        Self(date.first_of_month())
    }

    pub fn first(self) -> Date {
        self.0
    }

    pub fn last(self) -> Date {
        self.0.last_of_month()
    }

    pub fn days(self) -> impl Iterator<Item = Date> {
        let next = move |day: &Date| day.tomorrow().ok().filter(|next| Self::of(*next) == self);
        std::iter::successors(Some(self.0), next)
    }
}

impl FromStr for Month {
    type Err = MonthError;

    fn from_str(text: &str) -> Result<Self, MonthError> {
        let (year, month) = text.split_once('-').ok_or(MonthError)?;
        let year = digits(year, 4).filter(|year| (2000..=2100).contains(year)).ok_or(MonthError)?;
        let month = digits(month, 2).and_then(|month| i8::try_from(month).ok()).ok_or(MonthError)?;
        Date::new(year, month, 1).map(Self).map_err(|_| MonthError)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04}-{:02}", self.0.year(), self.0.month())
    }
}

impl fmt::Debug for Month {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// Parses a number that has exactly `length` digits.
fn digits(text: &str, length: usize) -> Option<i16> {
    let is_digits = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_digits { text.parse().ok() } else { None }
}

/// The number of consecutive days with a login, counted back from today, or from yesterday if today is missing.
///
/// The days are given newest first. Days after today are ignored, and duplicates count once.
pub fn streak(newest_first: impl IntoIterator<Item = Date>, today: Date) -> u32 {
    let mut streak = 0;
    let mut oldest: Option<Date> = None;
    for day in newest_first.into_iter().skip_while(|day| *day > today) {
        let before = |later: Date| later.yesterday().ok();
        let follows = match oldest {
            None => day == today || Some(day) == before(today),
            Some(oldest) if day == oldest => continue,
            Some(oldest) => Some(day) == before(oldest),
        };
        if !follows {
            break;
        }
        streak += 1;
        oldest = Some(day);
    }
    streak
}
