//! [`Exclusion`]: a player's own word that they will not play. It begins at once and does not end by itself.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use std::str::FromStr;

/// The shortest exclusion: six months, counted as 184 days.
pub const EXCLUSION_MIN: SignedDuration = SignedDuration::from_hours(184 * 24);
/// How long an exclusion goes on after its player asked for its end.
pub const EXCLUSION_ENDS_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// That a player has excluded themselves: they place no bets and bring no money; they may take theirs home.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exclusion {
    /// Since when.
    pub since: Timestamp,
    /// Until when they cannot take it back.
    pub until: Timestamp,
    /// When it ends; none as long as they have not asked for its end.
    pub ends_at: Option<Timestamp>,
}

/// For how many months of the calendar a player excludes themselves: from [`Self::MIN`] to [`Self::MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExclusionMonths(u16);

/// The text is no such number of months.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a whole number of months from {} to {}", ExclusionMonths::MIN, ExclusionMonths::MAX)]
pub struct ExclusionMonthsError;

impl ExclusionMonths {
    /// The fewest.
    pub const MIN: u16 = 6;
    /// The most: a hundred years.
    pub const MAX: u16 = 1_200;

    /// When an exclusion may end that begins now. Some half years are shorter than [`EXCLUSION_MIN`], which each lasts.
    pub fn until(self, zone: &TimeZone, now: Timestamp) -> Timestamp {
        let until = now.to_zoned(zone.clone()).checked_add(i64::from(self.0).months());
        until.map_or(Timestamp::MAX, |until| until.timestamp()).max(now + EXCLUSION_MIN)
    }
}

impl FromStr for ExclusionMonths {
    type Err = ExclusionMonthsError;

    fn from_str(text: &str) -> Result<Self, ExclusionMonthsError> {
        let months = text.parse().map_err(|_| ExclusionMonthsError)?;
        if (Self::MIN..=Self::MAX).contains(&months) { Ok(Self(months)) } else { Err(ExclusionMonthsError) }
    }
}

/// The exclusion would be shorter than the shortest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an exclusion lasts until {until_min} at least")]
pub struct ExclusionTooShort {
    /// The earliest end.
    pub until_min: Timestamp,
}

/// Why an exclusion does not end, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EndExclusionRefusal {
    /// Its time is not over.
    #[error("the exclusion lasts until {until}")]
    TooEarly {
        /// Until when it lasts.
        until: Timestamp,
    },
    /// Its end was asked for before.
    #[error("the exclusion ends at {ends_at}")]
    EndsAlready {
        /// When it ends.
        ends_at: Timestamp,
    },
}

impl Exclusion {
    /// Excludes from now on. Where the player is excluded, it never gets shorter, and an end that was asked for is off.
    pub fn begin(
        existing: Option<Self>,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<Self, ExclusionTooShort> {
        let until_min = now + EXCLUSION_MIN;
        if until < until_min {
            return Err(ExclusionTooShort { until_min });
        }
        let begun = Self { since: now, until, ends_at: None };
        Ok(match existing.filter(|existing| existing.is_in_force(now)) {
            Some(existing) => Self { since: existing.since, until: until.max(existing.until), ..begun },
            None => begun,
        })
    }

    /// The exclusion after its player asked for its end, a day before it ends.
    pub fn end(self, now: Timestamp) -> Result<Self, EndExclusionRefusal> {
        if now < self.until {
            return Err(EndExclusionRefusal::TooEarly { until: self.until });
        }
        if let Some(ends_at) = self.ends_at {
            return Err(EndExclusionRefusal::EndsAlready { ends_at });
        }
        Ok(Self { ends_at: Some(now + EXCLUSION_ENDS_AFTER), ..self })
    }

    /// Whether it holds at a moment.
    pub fn is_in_force(self, now: Timestamp) -> bool {
        self.ends_at.is_none_or(|ends_at| now < ends_at)
    }
}
