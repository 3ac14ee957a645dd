//! `POST /api/rounds` and its steps: operators open, close and cancel rounds, oracles say results.
//!
//! Keeps M7: the seed is made before the first bet, and a round moves on by a conditional write from the state that was
//! read. Every step may be repeated; the second time nothing changes.

mod handler;

pub use handler::{ask_for_finish, router};

use evens_runtime::Need;

/// What it has to be told.
pub const NEEDS: &[Need] = &[Need::TokenPublicKeys, Need::RateLimits, Need::StakeMin];
