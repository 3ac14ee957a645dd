//! [`Breaker`]: the three states, and what leads from one to another.

use crate::recent::Recent;
use jiff::Timestamp;
use std::time::Duration;

/// The longest that a call may take; one that takes longer has failed.
pub const CALL_TIMEOUT: Duration = Duration::from_secs(3);

/// So many failures, one after another, open it.
pub const FAILURES_MAX: u32 = 5;

/// For how long it stays open.
pub const OPENED_FOR: Duration = Duration::from_secs(30);

/// For how long it stays open after a trial has failed.
pub const REOPENED_FOR: Duration = Duration::from_mins(1);

/// When a trial of which nothing is heard counts as lost. Longer than a call, so that one that ran into its limit can
/// still say so.
pub const TRIAL_LIMIT: Duration = CALL_TIMEOUT.saturating_add(Duration::from_secs(1));

/// Calls go out, nothing goes out, or one call does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// Every call goes out.
    Closed,
    /// No call goes out.
    Open,
    /// One call at a time goes out, to find out whether the others may.
    HalfOpen,
}

/// How a call ended, as far as whoever was called is to be judged by it. To be refused for a reason is to be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// There was an answer.
    Success,
    /// There was none, or one that says that it cannot be given now.
    Failure,
}

/// No call goes out at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Circuit breaker is open")]
pub struct CircuitOpen {
    /// When to ask again; never zero.
    pub retry_after: Duration,
}

/// Permission for one call. To be given back with its outcome; one that is lost is harmless.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "a call that nobody hears of cannot close the breaker again"]
pub struct Ticket {
    epoch: u64,
}

/// Stops calling somebody who does not answer, and finds out when they do again.
///
/// | from | to | when |
/// |---|---|---|
/// | closed | open, for [`OPENED_FOR`] | [`FAILURES_MAX`] failures in a row, or half of the last [`crate::CALLS_MAX`] calls failed and they are at least [`crate::CALLS_MIN`] |
/// | open | half-open | its time is over and somebody asks: they get the trial |
/// | half-open | closed | the trial succeeds; what was before is forgotten |
/// | half-open | open, for [`REOPENED_FOR`] | the trial fails |
/// | half-open | half-open | [`TRIAL_LIMIT`] is over without a word of the trial and somebody asks: they get the next one |
///
/// What is heard of a call that began in a state before this one counts for nothing.
#[derive(Debug, Default)]
pub struct Breaker {
    phase: Phase,
    /// Counts the phases: a ticket of another one is out of date.
    epoch: u64,
}

#[derive(Debug)]
enum Phase {
    Closed(Recent),
    Open { until: Timestamp },
    HalfOpen { lost_at: Timestamp },
}

impl Default for Phase {
    fn default() -> Self {
        Self::Closed(Recent::default())
    }
}

impl Breaker {
    /// A closed one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks whether a call may go out now. In half-open, and at the end of open, the ticket is the trial.
    ///
    /// # Errors
    /// It is open, or a trial is under way.
    pub fn admit(&mut self, now: Timestamp) -> Result<Ticket, CircuitOpen> {
        let (waits_until, wait_max) = match &mut self.phase {
            Phase::Closed(_) => return Ok(Ticket { epoch: self.epoch }),
            Phase::Open { until } => (until, REOPENED_FOR),
            Phase::HalfOpen { lost_at } => (lost_at, TRIAL_LIMIT),
        };
        // A clock that was put back must not make the wait longer than it can be.
        *waits_until = later(now, wait_max).min(*waits_until);
        let retry_after = waits_until.duration_since(now);
        if retry_after.is_positive() {
            return Err(CircuitOpen { retry_after: retry_after.unsigned_abs() });
        }
        self.enter(Phase::HalfOpen { lost_at: later(now, TRIAL_LIMIT) });
        Ok(Ticket { epoch: self.epoch })
    }

    /// Learns how the call of a ticket ended. Returns the state that this led to, if it led to another one.
    #[expect(clippy::needless_pass_by_value, reason = "a ticket is for one call")]
    pub fn record(&mut self, ticket: Ticket, outcome: Outcome, now: Timestamp) -> Option<State> {
        if ticket.epoch != self.epoch {
            return None;
        }
        let next = match (&mut self.phase, outcome) {
            (Phase::Closed(recent), outcome) => {
                recent.add(outcome == Outcome::Failure);
                let is_too_much = recent.failed_in_a_row() >= FAILURES_MAX || recent.is_half_failed();
                if outcome == Outcome::Success || !is_too_much {
                    return None;
                }
                Phase::Open { until: later(now, OPENED_FOR) }
            }
            (Phase::HalfOpen { .. }, Outcome::Success) => Phase::default(),
            (Phase::HalfOpen { .. }, Outcome::Failure) => Phase::Open { until: later(now, REOPENED_FOR) },
            // Nobody holds a ticket of this epoch.
            (Phase::Open { .. }, _) => return None,
        };
        self.enter(next);
        Some(self.state())
    }

    /// The state that it is in. Open becomes half-open when somebody asks, not before.
    pub fn state(&self) -> State {
        match self.phase {
            Phase::Closed(_) => State::Closed,
            Phase::Open { .. } => State::Open,
            Phase::HalfOpen { .. } => State::HalfOpen,
        }
    }

    fn enter(&mut self, phase: Phase) {
        self.phase = phase;
        self.epoch += 1;
    }
}

/// That much later, or the end of time.
fn later(now: Timestamp, after: Duration) -> Timestamp {
    now.checked_add(after).unwrap_or(Timestamp::MAX)
}
