//! The switches of a stage: operators stop bets, deposits, withdrawals or all changes of players, and allow them again.
//! The state is in the table, so it takes effect within seconds and without a deployment.
//!
//! Architecture invariant: nothing here reads a clock or does I/O. A switch changes only by [`set_switch`], which also
//! makes the line of the audit log.

mod set_switch;
mod switch;

pub use set_switch::{SetSwitch, SetSwitchOutcome, set_switch};
pub use switch::{Switch, SwitchName, SwitchState, Switches};
