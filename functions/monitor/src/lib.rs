//! Checks the queues, each minute on Lambda and every 30 seconds on one box: waiting jobs, jobs in progress, dead
//! letters, and whether those are too many.
//!
//! It is separate from the sweeper, so that neither can block the other. It may read queues and nothing else.
//!
//! Architecture invariant: nothing is changed here.
//!
//! Not in simulated runs: it reads queues only.

mod handler;
mod judgement;

pub use handler::Monitor;
pub use judgement::{Backlog, backlog, is_high_failure_rate};

use evens_runtime::{Calls, Function, Schedule, Slow, Stack, Start};

pub const FUNCTION: Function = Function {
    folder: "monitor",
    stack: Stack::Operations,
    start: Start::Schedule(Schedule {
        name: "EveryMinute",
        expression: "rate(1 minute)",
        timeout_secs: 30,
        at_once: 1,
        event_age_max_secs: 60,
        retries_max: 0,
        reason: "One run at a time, because a second run would read the same figures.",
    }),
    slow: Slow { calls: Calls::Scheduled, warn_ms: 5_000, page_ms: 20_000 },
    ..Function::REQUESTS
};
