//! Looks at the queues, each minute on Lambda and every 30 seconds on one box: what waits, what is worked on, what was
//! given up, and whether that is too much.
//!
//! It is no part of the sweeper, so that neither can keep the other from its work, and may read queues and nothing
//! else.
//!
//! Architecture invariant: nothing is changed here.
//!
//! Not in simulated runs: it knows queues only.

mod handler;
mod judgement;

pub use handler::Monitor;
pub use judgement::{Backlog, backlog, is_high_failure_rate};
