//! [`PeriodId`]: the id of a period in a room. Ids follow from the time, so they need no counter, and earlier or later
//! periods can be computed.

use crate::{BlockSource, Room};
use jiff::civil::{Date, Time};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp, ToSpan};
use std::fmt;
use std::str::FromStr;

/// The time between the last bet of a period and its end.
pub const CLOSES_BEFORE_END: SignedDuration = SignedDuration::from_secs(5);

/// The same for a long period that a block draws, so that the block and its successor exist when the period ends. A
/// shorter period shows its result a few seconds late.
pub const CLOSES_BEFORE_BLOCK: SignedDuration = SignedDuration::from_secs(15);

/// The minimum duration of a period that closes early for its block.
const LONG: SignedDuration = SignedDuration::from_secs(60);

/// A period of a room: the day, and its number on that day, starting at 0.
///
/// Its text is `wingo-30-20261123000000042`: the room, then the 17 digits that clients call the period id (eight for
/// the day and nine for the number).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PeriodId {
    pub room: Room,
    day: Date,
    number: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a period")]
pub struct PeriodIdError;

/// The times at which a period opens, closes and ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PeriodTimes {
    /// From this time on the period takes bets.
    pub opens_at: Timestamp,
    /// From this time on the period takes no more bets.
    pub closes_at: Timestamp,
    /// From this time on the period can be drawn, and the next one is open.
    pub ends_at: Timestamp,
}

impl PeriodId {
    const DAY_S: u32 = 24 * 60 * 60;

    /// The period of a room that contains `now`. Days begin at midnight in `offset`.
    pub fn at(room: Room, now: Timestamp, offset: Offset) -> Self {
        let local = offset.to_datetime(now);
        let since_midnight = local.duration_since(local.date().to_datetime(Time::midnight())).as_secs();
        let number = u32::try_from(since_midnight).unwrap_or_default() / room.duration_s();
        Self { room, day: local.date(), number }
    }

    /// Parses the 17 digits of a period id for this room.
    pub fn parse_in(room: Room, digits: &str) -> Result<Self, PeriodIdError> {
        let is_whole = digits.len() == 17 && digits.bytes().all(|byte| byte.is_ascii_digit());
        if !is_whole {
            return Err(PeriodIdError);
        }
        let day: Date = {
            let (year, month, day) = (&digits[..4], &digits[4..6], &digits[6..8]);
            format!("{year}-{month}-{day}").parse().map_err(|_| PeriodIdError)?
        };
        let number = digits[8..].parse().map_err(|_| PeriodIdError)?;
        let id = Self { room, day, number };
        if number < id.a_day() { Ok(id) } else { Err(PeriodIdError) }
    }

    pub fn day(self) -> Date {
        self.day
    }

    /// The number on its day, starting at 0.
    pub fn number(self) -> u32 {
        self.number
    }

    /// The 17 digits that clients call the period id. Within a room, later periods have larger ids.
    pub fn digits(self) -> String {
        let Self { day, number, .. } = self;
        format!("{:04}{:02}{:02}{number:09}", day.year(), day.month(), day.day())
    }

    /// The period this many periods later, or earlier if negative.
    #[must_use]
    pub fn later(self, periods: i64) -> Self {
        let (number, a_day) = (i64::from(self.number) + periods, i64::from(self.a_day()));
        let day = self.day.saturating_add(number.div_euclid(a_day).days());
        Self { day, number: u32::try_from(number.rem_euclid(a_day)).unwrap_or_default(), ..self }
    }

    #[must_use]
    pub fn next(self) -> Self {
        self.later(1)
    }

    #[must_use]
    pub fn previous(self) -> Self {
        self.later(-1)
    }

    /// The times of a period that no block draws. Days begin at midnight in `offset`.
    pub fn times(self, offset: Offset) -> PeriodTimes {
        let midnight = offset.to_timestamp(self.day.to_datetime(Time::midnight())).unwrap_or(Timestamp::MAX);
        let after = |seconds: i64| {
            midnight.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
        };
        let (number, duration_s) = (i64::from(self.number), i64::from(self.room.duration_s()));
        let ends_at = after((number + 1) * duration_s);
        let closes_at = ends_at.saturating_sub(CLOSES_BEFORE_END).unwrap_or(Timestamp::MIN);
        PeriodTimes { opens_at: after(number * duration_s), closes_at, ends_at }
    }

    /// The times of a period, which closes earlier if a block of a source draws it. Days begin at midnight in `offset`.
    pub fn times_with(self, source: Option<BlockSource>, offset: Offset) -> PeriodTimes {
        let times = self.times(offset);
        if source.is_some() { times.before_block() } else { times }
    }

    /// Returns `true` if a seed made now has its hash public for a whole period before the first bet. Days begin at
    /// midnight in `offset`.
    pub fn is_ahead(self, now: Timestamp, offset: Offset) -> bool {
        now <= self.previous().times(offset).opens_at
    }

    /// The number of periods per day in the room.
    fn a_day(self) -> u32 {
        Self::DAY_S / self.room.duration_s()
    }
}

impl PeriodTimes {
    /// The times if a block draws the period.
    #[must_use]
    pub fn before_block(self) -> Self {
        let is_long = self.ends_at.duration_since(self.opens_at) >= LONG;
        let before = if is_long { CLOSES_BEFORE_BLOCK } else { CLOSES_BEFORE_END };
        Self { closes_at: self.ends_at.saturating_sub(before).unwrap_or(Timestamp::MIN), ..self }
    }
}

impl FromStr for PeriodId {
    type Err = PeriodIdError;

    fn from_str(text: &str) -> Result<Self, PeriodIdError> {
        let (room, digits) = text.rsplit_once('-').ok_or(PeriodIdError)?;
        Self::parse_in(room.parse().map_err(|_| PeriodIdError)?, digits)
    }
}

impl fmt::Display for PeriodId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}-{}", self.room, self.digits())
    }
}

impl fmt::Debug for PeriodId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}
