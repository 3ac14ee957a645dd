//! `GET /api/games` and the routes below it: games, current periods, results and trends. They are public.
//!
//! Architecture invariant: this function never reads a seed item, nor the bets of a player. The public data of a period
//! is on the period itself (M7). No answer names a player (M8).

mod catalog;
mod handler;
mod page;
mod rooms;

pub use handler::router;

use evens_runtime::Need;

pub const NEEDS: &[Need] =
    &[Need::RateLimits, Need::AttendanceOffset, Need::GamesBankroll, Need::GamesLimits];
