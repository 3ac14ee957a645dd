//! Operators look at queues and at jobs that were given up, send those again, or delete what is known of them. The
//! routes of `/api/operator`, and what the commands `evens queues` and `evens dead-letters` call.
//!
//! Looking loses nothing: what is held for a look is shown to everybody again, by us or by the end of its time. Sending
//! again is first sent, then deleted: who is interrupted in between leaves a job that comes twice, which is harmless,
//! as every job is (M3).
//!
//! Architecture invariant: nothing here writes to the table but lines of the audit log; a redriven job is done by its
//! worker or not at all.
//!
//! Not in simulated runs: whoever plays an operator there looks at the queues themselves.

mod action;
mod body;
mod handler;
mod hold;
mod letter;
mod look;
mod query;
mod standing;

pub use action::{Acted, ActionOutcome, Done, act_on_all, act_on_one};
pub use body::queue_list;
pub use handler::router;
pub use letter::{Letter, LetterKind};
pub use look::{Found, Look, Overview, find, list, overview};
pub use standing::{Redrive, Standing};

use evens_runtime::Need;

/// What it has to be told.
pub const NEEDS: &[Need] = &[Need::TokenPublicKeys, Need::RateLimits];
