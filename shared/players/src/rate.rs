//! [`Budget`]: a number of requests per time. [`Window`]: the time span in which they are counted.

use jiff::Timestamp;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

const UNITS: [(&str, u64); 3] = [("h", 60 * 60), ("m", 60), ("s", 1)];
const NANOSECONDS: i128 = 1_000_000_000;

/// A number of requests per time, written `100/15m`, `600/60s` or `20/1h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Budget {
    /// At least 1.
    pub limit: u32,
    /// Whole seconds, from one second to one day.
    pub window: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a number of requests per time of at most a day, such as 100/15m, 600/60s or 20/1h")]
pub struct BudgetError;

/// A time span in which requests are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Window {
    /// The number of the window, counted from the start of 1970.
    pub number: i64,
    /// The start of the next window.
    pub ends_at: Timestamp,
}

impl Budget {
    const WINDOW_MAX: Duration = Duration::from_hours(24);

    /// The window that contains `now`. Windows of one length are adjacent and the same on every host.
    pub fn window_at(&self, now: Timestamp) -> Window {
        let length = i128::from(self.window.as_secs().max(1)) * NANOSECONDS;
        let number = now.as_nanosecond().div_euclid(length);
        Window {
            number: i64::try_from(number).unwrap_or(i64::MAX),
            ends_at: Timestamp::from_nanosecond((number + 1) * length).unwrap_or(Timestamp::MAX),
        }
    }
}

impl FromStr for Budget {
    type Err = BudgetError;

    fn from_str(text: &str) -> Result<Self, BudgetError> {
        let (limit, window) = text.split_once('/').ok_or(BudgetError)?;
        let unit = |(unit, seconds)| window.strip_suffix(unit).map(|count| (count, seconds));
        let (count, seconds): (&str, u64) = UNITS.into_iter().find_map(unit).ok_or(BudgetError)?;
        let limit = u32::try_from(positive(limit)?).map_err(|_| BudgetError)?;
        let seconds = positive(count)?.checked_mul(seconds).ok_or(BudgetError)?;
        let window = Duration::from_secs(seconds);
        if window <= Self::WINDOW_MAX { Ok(Self { limit, window }) } else { Err(BudgetError) }
    }
}

fn positive(text: &str) -> Result<u64, BudgetError> {
    let is_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| is_digits && *number > 0).ok_or(BudgetError)
}

impl fmt::Display for Budget {
    /// Uses the largest unit that divides the window: `600/60s` is written `600/1m`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = self.window.as_secs();
        let (unit, seconds) =
            UNITS.into_iter().find(|(_, seconds)| all.is_multiple_of(*seconds)).unwrap_or(("s", 1));
        write!(formatter, "{}/{}{unit}", self.limit, all / seconds)
    }
}
