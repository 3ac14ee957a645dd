//! [`Clock`]: the current time.

use jiff::Timestamp;
use std::fmt;
use std::sync::Arc;

/// Returns the current time in milliseconds. Architecture invariant: the only place that reads the wall clock.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    pub fn system() -> Self {
        Self::from_fn(Timestamp::now)
    }

    /// A clock that always shows `now`.
    pub fn fixed(now: Timestamp) -> Self {
        Self::from_fn(move || now)
    }

    /// A clock controlled by the caller.
    pub fn from_fn(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The current time, truncated to milliseconds, the precision of all stored and returned times.
    pub fn now(&self) -> Timestamp {
        let now = (self.0)();
        // The milliseconds of a timestamp are always in range.
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Clock")
    }
}
