//! Finds opponents for a bet: oldest first, in equal amounts, skipping bets that another request is taking.
//!
//! Keeps M5 (a join takes the same amount from both sides), M7 (if each match is its own game, the outcome is written
//! with the match, before any payment) and, with the sweeper, M6. A bet is in the book before its job is sent, and the
//! book is read strongly consistent. Of two opposed bets, the later one therefore sees the earlier one.
//!
//! A bet whose player is excluded or blocked is not matched, and blocks no other bet: it is skipped and refunded.
//!
//! Architecture invariant: a job is a hint. The message only selects the bet to look at. The book and the conditional
//! write of the join decide.

mod candidates;
mod handler;
mod shared_view;

pub use handler::Matcher;

use evens_runtime::{Function, Stack};

pub const FUNCTION: Function = Function {
    folder: "match",
    stack: Stack::Exchange,
    chain: Some(
        "A bet against many small bets is matched by a chain of jobs, each of which sends the next. See \
        finish-round.",
    ),
    ..Function::JOBS
};
