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
