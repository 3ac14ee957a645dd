//! Pays what a lane of a period owes for its bets, once: payouts where it was drawn, stakes where it was cancelled.
//!
//! Keeps M3 (a payout shares a transaction with its bet, which is paid once) and M6 (a lane is done when nothing in it
//! is owed any more, and the last one ends the period). Keeps M9: before a lane is done, what was staked in cash on it
//! has fed the jackpots, once; and M7: who wins one follows from the period's seed and all of its bets, and is put down
//! before the lane of the winner is done. It pays no jackpot.
//!
//! Architecture invariant: a job is a hint. Nothing is decided from the message but which lane of which period to look
//! at; who is paid follows from the records behind the period's fence and its result.

mod handler;
mod jackpots;

pub use handler::{LaneSettler, Portion};
