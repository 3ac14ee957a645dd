//! Brings a round to its end. It closes the round at its latest moment and closes the book. It publishes the seed once
//! nothing can be matched in the round any longer (M7). It then requests the settlement or voiding of its matches and
//! the refund of unmatched bets (M6).
//!
//! Architecture invariant: a job is a hint; the table says whether the round has ended. The round stays in the index of
//! unfinished items, and the sweeper returns to it, until everything in it has ended. It stays there longer than any
//! request or job that still saw the round open could run.

mod ending;
mod handler;

pub use handler::handle;

use evens_runtime::{Function, Stack};

pub const FUNCTION: Function = Function {
    folder: "finish-round",
    stack: Stack::Exchange,
    chain: Some(
        "A round with many matches is checked by a chain of jobs, each of which sends the next. The chain ends by \
        itself, because each job continues after the last match of the previous job.",
    ),
    ..Function::JOBS
};
