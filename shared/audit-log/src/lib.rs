//! The audit log: the acts of operators, cashiers and oracles. Each is one line. Lines are numbered without a gap over
//! all days, and each contains the hash of the previous one.
//!
//! To change, remove or insert a line, all later lines would have to be rewritten, and the newest hash is known outside
//! of the platform. A line is written in the same transaction as its act, or before an act that cannot be in one.
//!
//! Architecture invariant: nothing here reads a clock or does I/O.

mod act;
mod line;

pub use act::{Act, Action, Actor, ActorError};
pub use line::{AuditHead, AuditLine, LineFault};
