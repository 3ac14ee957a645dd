//! [`Clock`]: what time it is.

use jiff::Timestamp;
use std::fmt;
use std::sync::Arc;

/// Tells the time, to the millisecond. Architecture invariant: the only place that reads the wall clock.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// The clock of the machine.
    pub fn system() -> Self {
        Self::from_fn(Timestamp::now)
    }

    /// A clock that stands still.
    pub fn fixed(now: Timestamp) -> Self {
        Self::from_fn(move || now)
    }

    /// A clock that is moved by somebody else.
    pub fn from_fn(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// What time it is, without what is finer than a millisecond: all of what is stored and answered has that much.
    pub fn now(&self) -> Timestamp {
        let now = (self.0)();
        // A timestamp's own milliseconds are always in its range.
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Clock")
    }
}
