//! `GET /api/games` and what is below it: games, the periods of the moment, results and trends, as everybody may see
//! them.
//!
//! Architecture invariant: this function never reads a seed's item, nor who has bet on what; what is public of a period
//! is on the period (M7). No answer names a player (M8).

mod catalog;
mod handler;
mod page;
mod rooms;

pub use handler::router;

use evens_runtime::Need;

/// What it has to be told.
pub const NEEDS: &[Need] =
    &[Need::RateLimits, Need::AttendanceOffset, Need::GamesBankroll, Need::GamesLimits];
