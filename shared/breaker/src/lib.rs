//! A circuit breaker: stops calls to a service that does not answer, and finds out when it answers again (K12, X48).
//!
//! For each call that leaves the platform, get a [`Ticket`] from [`SharedBreaker::admit`], make the call, and return
//! the ticket with the result. The caller enforces [`CALL_TIMEOUT`]: a call that takes longer has failed.
//!
//! Architecture invariant: no clock, no I/O and no waiting. Time is an argument, and no lock is held during a call.

mod breaker;
mod recent;
mod shared;

pub use breaker::{
    Breaker, CALL_TIMEOUT, CircuitOpen, FAILURES_MAX, OPENED_FOR, Outcome, REOPENED_FOR, State, TRIAL_LIMIT,
    Ticket,
};
pub use recent::{CALLS_MAX, CALLS_MIN};
pub use shared::SharedBreaker;
