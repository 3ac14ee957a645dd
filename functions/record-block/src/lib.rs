//! `POST /api/games/{gameType}/{duration}/block`: an oracle submits the block that draws a period.
//!
//! Keeps M7: the oracle's key was on the period before its first bet. The block was produced after the closing, and the
//! first accepted block is final. The game clock draws with it; nothing here reads a seed or a bet.
//!
//! Not in simulated runs: there blocks come from a chain.

mod handler;

pub use handler::router;

use evens_runtime::{Function, Stack};

pub const FUNCTION: Function = Function { folder: "record-block", stack: Stack::Games, ..Function::REQUESTS };
