//! `GET /api/rounds`, the open rounds. `GET /api/rounds/{roundId}` and `/matches`: the public view of a round. Its seed
//! and its matches become visible once the round has closed, not before. With both, anyone can recompute the draws
//! (M7).
//!
//! Architecture invariant: this function never reads a seed item; all public data is on the round. No answer names a
//! player (M8).

mod handler;
mod open_rounds;
mod recent_totals;

pub use handler::router;

use evens_runtime::Need;

pub const NEEDS: &[Need] = &[Need::RateLimits];
