//! [`Dice`]: every choice of a run, from its seed.

use std::ops::RangeInclusive;
use std::time::Duration;

/// Draws. The same seed draws the same.
#[derive(Debug, Clone)]
pub(crate) struct Dice(fastrand::Rng);

/// How often something happens, in ten thousand.
pub(crate) type Odds = u32;

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(fastrand::Rng::with_seed(seed))
    }

    /// Other dice, whose draws do not change when more is drawn here.
    pub(crate) fn fork(&mut self) -> Self {
        Self::new(self.0.u64(..))
    }

    pub(crate) fn chance(&mut self, odds: Odds) -> bool {
        // Nothing is drawn for what never happens.
        odds > 0 && self.0.u32(0..10_000) < odds
    }

    pub(crate) fn number(&mut self, range: RangeInclusive<u64>) -> u64 {
        self.0.u64(range)
    }

    pub(crate) fn index(&mut self, length: usize) -> usize {
        self.0.usize(0..length.max(1))
    }

    pub(crate) fn pick<T: Clone>(&mut self, from: &[T]) -> Option<T> {
        from.get(self.index(from.len())).cloned()
    }

    pub(crate) fn milliseconds(&mut self, range: RangeInclusive<u64>) -> Duration {
        Duration::from_millis(self.number(range))
    }

    pub(crate) fn bytes(&mut self, bytes: &mut [u8]) {
        self.0.fill(bytes);
    }
}
