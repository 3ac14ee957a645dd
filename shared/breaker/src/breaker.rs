//! [`Breaker`]: the three states of a circuit breaker, and the transitions between them.

use crate::recent::Recent;
use jiff::Timestamp;
use std::time::Duration;

/// The time limit of a call. A call that takes longer has failed.
pub const CALL_TIMEOUT: Duration = Duration::from_secs(3);

/// The number of consecutive failures that opens the breaker.
pub const FAILURES_MAX: u32 = 5;

/// The time for which it stays open.
pub const OPENED_FOR: Duration = Duration::from_secs(30);

/// The time for which it stays open after a failed trial.
pub const REOPENED_FOR: Duration = Duration::from_mins(1);

/// The time after which a trial without a result counts as lost. It is longer than a call, so that a call that reaches
/// its time limit can still report that.
pub const TRIAL_LIMIT: Duration = CALL_TIMEOUT.saturating_add(Duration::from_secs(1));

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// All calls are allowed.
    Closed,
    /// No calls are allowed.
    Open,
    /// One call at a time is allowed, as a trial.
    HalfOpen,
}

/// The result of a call, as far as it says something about the health of the service. A refusal with a reason is a
/// success.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    Success,
    /// The service did not answer, or answered that it is unavailable.
    Failure,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Circuit breaker is open")]
pub struct CircuitOpen {
    /// The time after which to try again. Never zero.
    pub retry_after: Duration,
}

/// The permission for one call. It is returned with the result; a lost ticket is harmless.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "a call without a reported result cannot close the breaker"]
pub struct Ticket {
    epoch: u64,
}

/// Stops calls to a service that does not answer, and finds out when it answers again.
///
/// | from | to | when |
/// |---|---|---|
/// | closed | open, for [`OPENED_FOR`] | [`FAILURES_MAX`] consecutive failures; or half of the last [`crate::CALLS_MAX`] calls failed, with at least [`crate::CALLS_MIN`] calls |
/// | open | half-open | the time is over and a caller asks: it gets the trial |
/// | half-open | closed | the trial succeeds; earlier results are forgotten |
/// | half-open | open, for [`REOPENED_FOR`] | the trial fails |
/// | half-open | half-open | [`TRIAL_LIMIT`] is over without a result of the trial and a caller asks: it gets the next one |
///
/// Results of calls that began in an earlier state are ignored.
#[derive(Debug, Default)]
pub struct Breaker {
    phase: Phase,
    /// The number of state changes. A ticket from another epoch is outdated.
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
    pub fn new() -> Self {
        Self::default()
    }

    /// Requests permission for a call. In the half-open state, and at the end of the open state, the ticket is the
    /// trial.
    ///
    /// # Errors
    /// The breaker is open, or a trial is in progress.
    pub fn admit(&mut self, now: Timestamp) -> Result<Ticket, CircuitOpen> {
        let (waits_until, wait_max) = match &mut self.phase {
            Phase::Closed(_) => return Ok(Ticket { epoch: self.epoch }),
            Phase::Open { until } => (until, REOPENED_FOR),
            Phase::HalfOpen { lost_at } => (lost_at, TRIAL_LIMIT),
        };
        // The wait must not become longer if the clock is set back.
        *waits_until = later(now, wait_max).min(*waits_until);
        let retry_after = waits_until.duration_since(now);
        if retry_after.is_positive() {
            return Err(CircuitOpen { retry_after: retry_after.unsigned_abs() });
        }
        self.enter(Phase::HalfOpen { lost_at: later(now, TRIAL_LIMIT) });
        Ok(Ticket { epoch: self.epoch })
    }

    /// Records the result of a call. Returns the new state if it changes.
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
            // There is no ticket with this epoch.
            (Phase::Open { .. }, _) => return None,
        };
        self.enter(next);
        Some(self.state())
    }

    /// Returns `true` if a call now would be refused without a trial: the breaker is open and its time is not over.
    pub fn refuses_trials(&self, now: Timestamp) -> bool {
        match self.phase {
            Phase::Open { until } => later(now, REOPENED_FOR).min(until) > now,
            Phase::Closed(_) | Phase::HalfOpen { .. } => false,
        }
    }

    /// The current state. Open becomes half-open only when a caller asks.
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

/// Adds a duration, saturating at the maximum.
fn later(now: Timestamp, after: Duration) -> Timestamp {
    now.checked_add(after).unwrap_or(Timestamp::MAX)
}
