//! [`Exclusion`]: a player's decision not to play. It begins at once and never ends without the player's request.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use std::str::FromStr;

/// The shortest exclusion: six months, counted as 184 days.
pub const EXCLUSION_MIN: SignedDuration = SignedDuration::from_hours(184 * 24);
/// The time from the request to end an exclusion until it ends.
pub const EXCLUSION_ENDS_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// A player's self-exclusion. They can neither bet nor deposit, but can withdraw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exclusion {
    pub since: Timestamp,
    /// The earliest time at which the player can request its end.
    pub until: Timestamp,
    /// `None` until the player requests its end.
    pub ends_at: Option<Timestamp>,
}

/// The length of an exclusion in calendar months, from [`Self::MIN`] to [`Self::MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExclusionMonths(u16);

/// The text is not a whole number of months in the allowed range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a whole number of months from {} to {}", ExclusionMonths::MIN, ExclusionMonths::MAX)]
pub struct ExclusionMonthsError;

impl ExclusionMonths {
    pub const MIN: u16 = 6;
    /// A hundred years.
    pub const MAX: u16 = 1_200;

    /// The earliest end of an exclusion that begins now. It is at least [`EXCLUSION_MIN`] away, also if six months are
    /// shorter.
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

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an exclusion lasts at least until {until_min}")]
pub struct ExclusionTooShort {
    pub until_min: Timestamp,
}

/// The reason why an exclusion cannot be ended, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EndExclusionRefusal {
    #[error("the exclusion lasts until {until}")]
    TooEarly { until: Timestamp },
    #[error("the exclusion ends at {ends_at}")]
    EndsAlready { ends_at: Timestamp },
}

impl Exclusion {
    /// Begins an exclusion now. An existing exclusion never gets shorter, and a requested end of it is cancelled.
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

    /// Requests the end of the exclusion, which then ends after [`EXCLUSION_ENDS_AFTER`].
    pub fn end(self, now: Timestamp) -> Result<Self, EndExclusionRefusal> {
        if now < self.until {
            return Err(EndExclusionRefusal::TooEarly { until: self.until });
        }
        if let Some(ends_at) = self.ends_at {
            return Err(EndExclusionRefusal::EndsAlready { ends_at });
        }
        Ok(Self { ends_at: Some(now + EXCLUSION_ENDS_AFTER), ..self })
    }

    pub fn is_in_force(self, now: Timestamp) -> bool {
        self.ends_at.is_none_or(|ends_at| now < ends_at)
    }
}
