//! The audit log: what operators, cashiers and oracles did, one line each, numbered without a gap over all days, each
//! line with the hash of the one before.
//!
//! Whoever changes, removes or slips in a line must write all lines behind it anew, and the newest hash is told to
//! outsiders. A line is written in the transaction of what it tells, or before what cannot be in one.
//!
//! Architecture invariant: nothing here reads a clock or does I/O.

mod act;
mod line;

pub use act::{Act, Action, Actor, ActorError};
pub use line::{AuditHead, AuditLine, LineFault};
