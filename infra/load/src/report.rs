//! [`Report`]: what became of a run.

use crate::{Latency, Placed};
use std::collections::BTreeMap;
use std::time::Duration;

/// How requests were answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcomes {
    /// The bet was placed.
    pub accepted: u64,
    /// The balance was too low.
    pub insufficient: u64,
    /// Any other answer, by its status.
    pub other: BTreeMap<u16, u64>,
    /// No answer, by the kind of failure.
    pub transport: BTreeMap<&'static str, u64>,
}

impl Outcomes {
    /// All requests.
    pub fn sent(&self) -> u64 {
        self.accepted + self.insufficient + self.failed()
    }

    /// Requests whose answer nobody wants: neither accepted nor refused for want of money.
    pub fn failed(&self) -> u64 {
        self.other.values().sum::<u64>() + self.transport.values().sum::<u64>()
    }

    fn merge(&mut self, other: &Self) {
        self.accepted += other.accepted;
        self.insufficient += other.insufficient;
        for (status, count) in &other.other {
            *self.other.entry(*status).or_default() += count;
        }
        for (kind, count) in &other.transport {
            *self.transport.entry(kind).or_default() += count;
        }
    }
}

/// What became of a run.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// How requests were answered, in the warm-up as well.
    pub outcomes: Outcomes,
    /// From the moment at which an accepted bet was due to its answer; without the warm-up.
    pub latency: Latency,
    /// From the moment at which it was sent; the same in a closed loop.
    pub service: Latency,
    /// The accepted bets, in the order of their numbers.
    pub placed: Vec<Placed>,
    /// From the start, or the end of the warm-up, to the last answer.
    pub measured: Duration,
}

impl Report {
    /// Adds what another connection of the same run did.
    pub(crate) fn merge(&mut self, other: Self) {
        self.outcomes.merge(&other.outcomes);
        self.latency.merge(&other.latency);
        self.service.merge(&other.service);
        self.placed.extend(other.placed);
        self.measured = self.measured.max(other.measured);
    }

    /// Accepted bets a second, without the warm-up.
    #[expect(clippy::float_arithmetic, clippy::cast_precision_loss, reason = "a rate, not money")]
    pub fn accepted_per_second(&self) -> f64 {
        if self.measured.is_zero() { 0.0 } else { self.latency.count() as f64 / self.measured.as_secs_f64() }
    }
}

#[cfg(test)]
mod tests {
    use super::Report;
    use std::time::Duration;

    #[test]
    fn parts_of_a_run_add_up() {
        let part = |accepted: u64, status: u16, milliseconds: u64| {
            let mut report = Report { measured: Duration::from_millis(milliseconds), ..Report::default() };
            report.outcomes.accepted = accepted;
            report.outcomes.other.insert(status, 1);
            for _ in 0..accepted {
                report.latency.record(Duration::from_millis(1));
            }
            report
        };
        let mut report = part(3, 503, 500);
        report.merge(part(5, 503, 2_000));
        report.merge(part(0, 409, 100));
        assert_eq!(report.outcomes.sent(), 11);
        assert_eq!(report.outcomes.failed(), 3);
        assert_eq!(report.outcomes.other[&503], 2);
        assert!((report.accepted_per_second() - 4.0).abs() < f64::EPSILON);
    }
}
