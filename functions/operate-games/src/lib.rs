//! `POST /api/games/{gameType}/{duration}/cancel` and `GET …/period/{periodId}/distribution`: operators cancel periods
//! that have no result, and see what was bet on one. The `evens` binary does the former by a command.
//!
//! Keeps: each act has a reason, and its line in the audit log, in the transaction that does it. A result is final
//! (M7), and of a period that is cancelled every stake goes back, once (M6).
//!
//! Architecture invariant: no rule lives here. No seed is within its reach (M7): whoever cancels a period cannot know
//! what it would have drawn.

mod acts;
mod handler;

pub use acts::cancel_period;
pub use handler::router;

use evens_runtime::Need;

/// What it has to be told.
pub const NEEDS: &[Need] = &[Need::TokenPublicKeys, Need::RateLimits, Need::GamesBankroll, Need::GamesLimits];
