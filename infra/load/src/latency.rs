//! [`Latency`]: durations in a histogram of microseconds.

use hdrhistogram::Histogram;
use std::time::Duration;

/// Durations with three significant digits, from one microsecond to an hour.
#[derive(Debug, Clone)]
pub struct Latency(Histogram<u64>);

impl Latency {
    const HOUR_MICROSECONDS: u64 = 3_600_000_000;
    const DIGITS: u8 = 3;

    /// An empty histogram.
    pub fn new() -> Self {
        // The bounds are constants that a histogram accepts.
        let bounded = Histogram::new_with_bounds(1, Self::HOUR_MICROSECONDS, Self::DIGITS);
        Self(bounded.unwrap_or_else(|_| unreachable!("an hour in microseconds is within the bounds")))
    }

    /// Adds one duration.
    pub fn record(&mut self, took: Duration) {
        let microseconds = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.0.saturating_record(microseconds.max(1));
    }

    /// Adds all durations of another histogram.
    pub fn add(&mut self, other: &Self) {
        // Both have the same bounds, so all values fit.
        let _ = self.0.add(&other.0);
    }

    /// The number of durations.
    pub fn count(&self) -> u64 {
        self.0.len()
    }

    /// The given quantile: 0.5 for the median, 1.0 for the maximum. Zero if there are no durations.
    pub fn quantile(&self, part: f64) -> Duration {
        Duration::from_micros(self.0.value_at_quantile(part))
    }
}

impl Default for Latency {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::Latency;
    use std::time::Duration;

    #[test]
    fn quantiles_to_three_digits() {
        let mut latency = Latency::new();
        for milliseconds in 1..=100 {
            latency.record(Duration::from_millis(milliseconds));
        }
        assert_eq!(latency.count(), 100);
        let p50 = latency.quantile(0.5).as_micros();
        assert!((50_000..=50_050).contains(&p50), "{p50}");
        assert!(latency.quantile(1.0) >= Duration::from_millis(100));
        assert_eq!(Latency::new().quantile(0.5), Duration::ZERO);
        let mut both = latency.clone();
        both.add(&latency);
        assert_eq!((both.count(), both.quantile(0.5)), (200, latency.quantile(0.5)));
    }
}
