//! [`Clock`]: the current time.

use jiff::Timestamp;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Returns the current time in milliseconds. Architecture invariant: the only place that reads the wall clock.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// The clock of the machine. If it steps back, the time stands still until it has caught up, so that no time is
    /// earlier than one that was shown before.
    pub fn system() -> Self {
        Self::system_from(Timestamp::MIN)
    }

    /// The same, never before `floor`.
    pub fn system_from(floor: Timestamp) -> Self {
        Self::forward(Timestamp::now, floor)
    }

    fn forward(now: impl Fn() -> Timestamp + Send + Sync + 'static, floor: Timestamp) -> Self {
        let latest = AtomicI64::new(floor.as_millisecond());
        Self::from_fn(move || {
            let now = now();
            let latest = latest.fetch_max(now.as_millisecond(), Ordering::Relaxed);
            Timestamp::from_millisecond(latest).map_or(now, |latest| latest.max(now))
        })
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

#[cfg(test)]
mod tests {
    use super::Clock;
    use jiff::Timestamp;
    use std::sync::Mutex;

    #[test]
    fn the_time_stands_still_while_the_clock_of_the_machine_is_behind() {
        let second = |second| Timestamp::from_second(second).expect("a time");
        #[rustfmt::skip]
        let table = [
            // machine  shown
            (5,         10),
            (10,        10),
            (70,        70),
            (10,        70),
            (69,        70),
            (71,        71),
        ];
        let machine = Mutex::new(table.map(|(machine, _)| machine).into_iter());
        let next = move || second(machine.lock().expect("a lock").next().expect("a time"));
        let clock = Clock::forward(next, second(10));
        for (machine, shown) in table {
            assert_eq!(clock.now(), second(shown), "{machine}");
        }
    }
}
