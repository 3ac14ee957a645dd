//! Stops calling somebody who does not answer, and finds out when they do again (K12, X48).
//!
//! Around a call that leaves the platform: ask [`SharedBreaker::admit`] for a [`Ticket`], call, and give the ticket
//! back with what came of it. The caller keeps the limit of [`CALL_TIMEOUT`]: a call that takes longer has failed.
//!
//! Architecture invariant: no clock, no I/O and no waiting. Time comes in as an argument, and no lock is held while a
//! call is made.

mod breaker;
mod recent;
mod shared;

pub use breaker::{
    Breaker, CALL_TIMEOUT, CircuitOpen, FAILURES_MAX, OPENED_FOR, Outcome, REOPENED_FOR, State, TRIAL_LIMIT,
    Ticket,
};
pub use recent::{CALLS_MAX, CALLS_MIN};
pub use shared::SharedBreaker;
