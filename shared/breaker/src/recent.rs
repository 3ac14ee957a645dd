//! [`Recent`]: how the last calls ended.

/// How many calls are remembered.
pub const CALLS_MAX: usize = 20;

/// Fewer calls say nothing about a share.
pub const CALLS_MIN: usize = 10;

/// How the last [`CALLS_MAX`] calls ended, one bit each.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Recent {
    /// The newest call is the lowest bit; a failure is a one.
    failures: u32,
    calls: usize,
}

impl Recent {
    const MASK: u32 = (1 << CALLS_MAX) - 1;

    /// Adds a call, and forgets the oldest where there are too many.
    pub(crate) fn add(&mut self, is_failure: bool) {
        self.failures = ((self.failures << 1) | u32::from(is_failure)) & Self::MASK;
        self.calls = (self.calls + 1).min(CALLS_MAX);
    }

    /// Whether at least half of enough calls failed.
    pub(crate) fn is_half_failed(self) -> bool {
        self.calls >= CALLS_MIN && self.failures.count_ones() as usize * 2 >= self.calls
    }

    /// How many calls failed since the last one that did not.
    pub(crate) fn failed_in_a_row(self) -> u32 {
        self.failures.trailing_ones()
    }
}
