//! [`SharedBreaker`]: one breaker for all callers of a service.

use crate::{Breaker, CircuitOpen, Outcome, State, Ticket};
use jiff::Timestamp;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A [`Breaker`] for several callers. The lock is held for a few instructions, never during a call.
#[derive(Debug, Default)]
pub struct SharedBreaker(Mutex<Breaker>);

impl SharedBreaker {
    pub fn new() -> Self {
        Self::default()
    }

    /// See [`Breaker::admit`].
    ///
    /// # Errors
    /// See [`Breaker::admit`].
    pub fn admit(&self, now: Timestamp) -> Result<Ticket, CircuitOpen> {
        self.lock().admit(now)
    }

    /// See [`Breaker::record`].
    pub fn record(&self, ticket: Ticket, outcome: Outcome, now: Timestamp) -> Option<State> {
        self.lock().record(ticket, outcome, now)
    }

    /// See [`Breaker::refuses_trials`].
    pub fn refuses_trials(&self, now: Timestamp) -> bool {
        self.lock().refuses_trials(now)
    }

    /// See [`Breaker::state`].
    pub fn state(&self) -> State {
        self.lock().state()
    }

    /// Nothing panics under the lock. Even after a panic the breaker would be in one of its states.
    fn lock(&self) -> MutexGuard<'_, Breaker> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
