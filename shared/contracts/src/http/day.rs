//! Days in a query, which have exactly one notation.

use jiff::civil::Date;
use std::str::FromStr;

/// A day in the notation `2026-01-31`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day(pub Date);

/// The text is not such a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a day, such as 2026-01-31")]
pub struct DayError;

impl FromStr for Day {
    type Err = DayError;

    /// Takes no time and no calendar, which jiff would.
    fn from_str(text: &str) -> Result<Self, DayError> {
        let day: Date = text.parse().map_err(|_| DayError)?;
        if day.to_string() == text { Ok(Self(day)) } else { Err(DayError) }
    }
}
