//! [`Report`]: the results of a run.

use crate::{AcceptedBet, AcceptedOrder, Latency, ReadError, TransportError};
use std::collections::BTreeMap;
use std::time::Duration;

/// The answers to requests.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcomes {
    /// The bet was placed.
    pub accepted: u64,
    /// The balance was too low.
    pub insufficient: u64,
    /// The page was read.
    pub read: u64,
    /// The deposit was opened and paid, or the withdrawal accepted.
    pub ordered: u64,
    /// Other answers by status. [`Outcomes::UNREADABLE`] stands for a good status with an invalid body.
    pub other: BTreeMap<u16, u64>,
    /// Requests without an answer, by the kind of failure.
    pub transport: BTreeMap<&'static str, u64>,
    /// Attempts without an answer that were repeated. They are in none of the other counts.
    pub repeated: u64,
}

impl Outcomes {
    /// Zero is not a valid status.
    pub const UNREADABLE: u16 = 0;

    pub fn sent(&self) -> u64 {
        self.accepted + self.insufficient + self.read + self.ordered + self.failed()
    }

    /// Failed requests: neither accepted, read or ordered, nor refused for an insufficient balance.
    pub fn failed(&self) -> u64 {
        self.other.values().sum::<u64>() + self.transport.values().sum::<u64>()
    }

    pub(crate) fn count_refused(&mut self, status: u16) {
        *self.other.entry(status).or_default() += 1;
    }

    pub(crate) fn count_unanswered(&mut self, error: &TransportError) {
        *self.transport.entry(error.kind()).or_default() += 1;
    }

    pub(crate) fn count_unread(&mut self, error: &ReadError) {
        match error {
            ReadError::NoAnswer(error) => self.count_unanswered(error),
            ReadError::Refused(status) => self.count_refused(*status),
            ReadError::Body(_) => self.count_refused(Self::UNREADABLE),
        }
    }
}

#[derive(Debug, Clone, Default)]
pub struct Report {
    /// The answers to requests, including the warm-up.
    pub outcomes: Outcomes,
    /// From the due time of an accepted bet to its answer, without the warm-up.
    pub latency: Latency,
    /// From the send time of a bet to its answer. Equal to `latency` in a closed loop.
    pub service: Latency,
    /// From the due time of a read to its answer, without the warm-up.
    pub reads: Latency,
    /// From the due time of a deposit or a withdrawal to its answer, without the warm-up.
    pub orders: Latency,
    /// The accepted bets, sorted by number.
    pub placed: Vec<AcceptedBet>,
    /// The paid deposits and the accepted withdrawals.
    pub ordered: Vec<AcceptedOrder>,
    /// The time from the start, or from the end of the warm-up, to the last answer.
    pub measured: Duration,
}

impl Report {
    /// Accepted bets per second, without the warm-up.
    pub fn accepted_per_second(&self) -> f64 {
        self.per_second(self.latency.count())
    }

    /// Accepted bets, reads and orders per second, without the warm-up.
    pub fn answered_per_second(&self) -> f64 {
        self.per_second(self.latency.count() + self.reads.count() + self.orders.count())
    }

    #[expect(clippy::float_arithmetic, clippy::cast_precision_loss, reason = "a rate, not money")]
    fn per_second(&self, number: u64) -> f64 {
        if self.measured.is_zero() { 0.0 } else { number as f64 / self.measured.as_secs_f64() }
    }
}

#[cfg(test)]
mod tests {
    use super::{Outcomes, Report};
    use crate::TransportError;
    use std::time::Duration;

    #[test]
    fn failures_and_answers_a_second_are_counted() {
        let mut report = Report { measured: Duration::from_secs(2), ..Report::default() };
        report.outcomes = Outcomes { accepted: 8, read: 6, insufficient: 1, ..Outcomes::default() };
        for status in [503, 503, 409] {
            report.outcomes.count_refused(status);
        }
        report.outcomes.count_unanswered(&TransportError::Timeout);
        for _ in 0..8 {
            report.latency.record(Duration::from_millis(1));
        }
        for _ in 0..3 {
            report.reads.record(Duration::from_millis(1));
        }
        assert_eq!((report.outcomes.failed(), report.outcomes.sent()), (4, 19));
        assert_eq!(report.outcomes.other, [(409, 1), (503, 2)].into());
        assert!((report.accepted_per_second() - 4.0).abs() < f64::EPSILON);
        assert!((report.answered_per_second() - 5.5).abs() < f64::EPSILON);
    }
}
