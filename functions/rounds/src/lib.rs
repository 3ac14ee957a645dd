//! `GET /api/rounds`: the open rounds. `GET /api/rounds/{roundId}` and its `/matches`: a round as everybody may see it.
//! Its seed is there once the round has closed, not before, and so are its matches: with both, anyone can make the
//! draws again (M7).
//!
//! Architecture invariant: this function never reads a seed's item; what is public is on the round. No answer names a
//! player (M8).

mod handler;
mod open_rounds;
mod recent_totals;

pub use handler::router;

use evens_runtime::Need;

/// What it has to be told.
pub const NEEDS: &[Need] = &[Need::RateLimits];
