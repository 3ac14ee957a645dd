//! [`Depths`]: the number of messages in the queues over time.

use std::time::Duration;

/// The numbers of messages in the queues, sampled periodically.
#[derive(Debug, Default)]
pub(super) struct Depths(Vec<u64>);

impl Depths {
    /// The sampling interval.
    pub(super) const INTERVAL: Duration = Duration::from_millis(500);

    pub(super) fn record(&mut self, messages: u64) {
        self.0.push(messages);
    }

    /// The largest number.
    pub(super) fn deepest(&self) -> u64 {
        self.0.iter().copied().max().unwrap_or(0)
    }

    /// The difference between the means of the last and the first third of all samples, which is about zero for a
    /// constant backlog. `None` if there are too few samples.
    #[expect(
        clippy::float_arithmetic,
        clippy::cast_precision_loss,
        reason = "numbers of messages, not money"
    )]
    pub(super) fn growth(&self) -> Option<f64> {
        let third = self.0.len() / 3;
        let mean = |looks: &[u64]| looks.iter().sum::<u64>() as f64 / third as f64;
        (third > 0).then(|| mean(&self.0[self.0.len() - third..]) - mean(&self.0[..third]))
    }
}

#[cfg(test)]
mod tests {
    use super::Depths;

    #[test]
    fn growth_compares_the_end_with_the_beginning() {
        let rows: [(&[u64], Option<f64>, u64); 5] = [
            (&[], None, 0),
            (&[7, 9], None, 9),
            (&[5, 90, 5], Some(0.0), 90),
            (&[1, 3, 50, 50, 12, 14], Some(11.0), 50),
            (&[10, 5, 0], Some(-10.0), 10),
        ];
        for (looks, growth, deepest) in rows {
            let depths = Depths(looks.to_vec());
            assert_eq!((depths.growth(), depths.deepest()), (growth, deepest), "{looks:?}");
        }
    }
}
