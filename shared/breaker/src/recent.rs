//! [`RecentCalls`]: the results of the last calls.

/// The number of calls that are remembered.
pub const CALLS_MAX: usize = 20;

/// The minimum number of calls for a failure rate.
pub const CALLS_MIN: usize = 10;

/// The results of the last [`CALLS_MAX`] calls, one bit each.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct RecentCalls {
    /// The newest call is the lowest bit, and a failure is a one.
    failures: u32,
    calls: usize,
}

impl RecentCalls {
    const MASK: u32 = (1 << CALLS_MAX) - 1;

    /// Adds a call, and forgets the oldest one if there are too many.
    pub(crate) fn add(&mut self, is_failure: bool) {
        self.failures = ((self.failures << 1) | u32::from(is_failure)) & Self::MASK;
        self.calls = (self.calls + 1).min(CALLS_MAX);
    }

    /// Returns `true` if there are enough calls and at least half of them failed.
    pub(crate) fn is_half_failed(self) -> bool {
        self.calls >= CALLS_MIN && self.failures.count_ones() as usize * 2 >= self.calls
    }

    /// The number of failures since the last success.
    pub(crate) fn failed_in_a_row(self) -> u32 {
        self.failures.trailing_ones()
    }
}
