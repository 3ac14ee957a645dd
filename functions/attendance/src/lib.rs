//! Records that a player logged in on a day, once.
//!
//! The login fixes the day and puts it into the job. Neither a late job nor the worker's clock changes it.
//!
//! Not in simulated runs: simulated players do not log in.

mod handler;

pub use handler::handle;

use evens_runtime::{Function, Stack};

pub const FUNCTION: Function = Function { folder: "attendance", stack: Stack::Players, ..Function::JOBS };
