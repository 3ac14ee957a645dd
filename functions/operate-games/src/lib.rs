//! `POST /api/games/{gameType}/{duration}/cancel` and `GET …/period/{periodId}/distribution`: operators cancel periods
//! that have no result, and see the bets on a period as totals. The `evens` binary offers the cancellation as a
//! command.
//!
//! Keeps: each action has a reason and an audit log line in its own transaction. A result is final (M7). Every stake of
//! a cancelled period is returned, once (M6).
//!
//! Architecture invariant: no rule lives here. This function cannot read a seed (M7), so an operator who cancels a
//! period cannot know its draw.

mod acts;
mod handler;

pub use acts::cancel_period;
pub use handler::{distribution_of, router};

use evens_runtime::{Function, Stack};

pub const FUNCTION: Function =
    Function { folder: "operate-games", stack: Stack::Games, ..Function::REQUESTS };
