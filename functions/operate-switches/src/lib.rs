//! The switches of the stage: operators stop bets, deposits, withdrawals or all changes of players, and allow them
//! again. Each process follows within [`evens_runtime::StageSwitches::AGE_MAX`]. The `evens` binary offers the same as
//! a command.
//!
//! Keeps: each change has a reason and an audit log line in its own transaction. Accepted bets, deposits and
//! withdrawals continue.
//!
//! Architecture invariant: no rule lives here, and no other function may write the switches.
//!
//! Not in simulated runs: there no operator stops anything.

mod handler;

pub use handler::router;

use evens_runtime::{Function, Stack};

pub const FUNCTION: Function = Function {
    folder: "operate-switches",
    stack: Stack::Operations,
    about: "Only this function writes the switches of the stage.",
    ..Function::REQUESTS
};
