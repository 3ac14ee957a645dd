//! Pays the bets of a lane of a period, once: payouts if the period was drawn, stakes if it was cancelled.
//!
//! Keeps M3 (a payout shares a transaction with its bet, which is paid once) and M6 (a lane is done when it owes
//! nothing, and the last lane ends the period). Keeps M9: the lane's cash stakes have contributed to the jackpots,
//! once, before the lane is done. Keeps M7: a jackpot's winner follows from the period's seed and all of its bets, and
//! is stored before the winner's lane is done. This function pays no jackpot.
//!
//! Architecture invariant: a job is a hint. The message only selects the lane and period to look at. The records behind
//! the period's fence and its result decide which players are paid.

mod handler;
mod jackpots;

pub use handler::{LaneSettler, Portion};

use evens_runtime::{Function, Stack};

pub const FUNCTION: Function = Function {
    folder: "settle-period",
    stack: Stack::Games,
    chain: Some(
        "A shard with many winners is paid by a chain of jobs, each of which sends the next. See finish-round.",
    ),
    ..Function::JOBS
};
