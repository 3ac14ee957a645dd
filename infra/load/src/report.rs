//! [`Report`]: what became of a run.

use crate::{Latency, Placed, TransportError};
use std::collections::BTreeMap;
use std::time::Duration;

/// How requests were answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcomes {
    /// The bet was placed.
    pub accepted: u64,
    /// The balance was too low.
    pub insufficient: u64,
    /// The page was read.
    pub read: u64,
    /// Any other answer, by its status; [`Outcomes::UNREADABLE`] where the status was good and the body was not.
    pub other: BTreeMap<u16, u64>,
    /// No answer, by the kind of failure.
    pub transport: BTreeMap<&'static str, u64>,
    /// Attempts that were not answered and made again; in none of the others.
    pub repeated: u64,
}

impl Outcomes {
    /// No status is zero.
    pub const UNREADABLE: u16 = 0;

    /// All requests.
    pub fn sent(&self) -> u64 {
        self.accepted + self.insufficient + self.read + self.failed()
    }

    /// Requests whose answer nobody wants: neither accepted nor read nor refused for want of money.
    pub fn failed(&self) -> u64 {
        self.other.values().sum::<u64>() + self.transport.values().sum::<u64>()
    }

    pub(crate) fn count_refused(&mut self, status: u16) {
        *self.other.entry(status).or_default() += 1;
    }

    pub(crate) fn count_unanswered(&mut self, error: &TransportError) {
        *self.transport.entry(error.kind()).or_default() += 1;
    }

    fn merge(&mut self, other: &Self) {
        self.accepted += other.accepted;
        self.insufficient += other.insufficient;
        self.read += other.read;
        self.repeated += other.repeated;
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
    /// From the moment at which a page was to be read to its answer; without the warm-up.
    pub reads: Latency,
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
        self.reads.merge(&other.reads);
        self.placed.extend(other.placed);
        self.measured = self.measured.max(other.measured);
    }

    /// Accepted bets a second, without the warm-up.
    pub fn accepted_per_second(&self) -> f64 {
        self.per_second(self.latency.count())
    }

    /// Accepted bets and pages a second, without the warm-up.
    pub fn answered_per_second(&self) -> f64 {
        self.per_second(self.latency.count() + self.reads.count())
    }

    #[expect(clippy::float_arithmetic, clippy::cast_precision_loss, reason = "a rate, not money")]
    fn per_second(&self, number: u64) -> f64 {
        if self.measured.is_zero() { 0.0 } else { number as f64 / self.measured.as_secs_f64() }
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
            report.outcomes.count_refused(status);
            report.outcomes.read = 2;
            report.reads.record(Duration::from_millis(1));
            for _ in 0..accepted {
                report.latency.record(Duration::from_millis(1));
            }
            report
        };
        let mut report = part(3, 503, 500);
        report.merge(part(5, 503, 2_000));
        report.merge(part(0, 409, 100));
        assert_eq!(report.outcomes.sent(), 17);
        assert_eq!(report.outcomes.failed(), 3);
        assert_eq!(report.outcomes.other[&503], 2);
        assert!((report.accepted_per_second() - 4.0).abs() < f64::EPSILON);
        assert!((report.answered_per_second() - 5.5).abs() < f64::EPSILON);
    }
}
