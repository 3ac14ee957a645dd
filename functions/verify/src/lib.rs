//! Checks all books, each hour on Lambda and on one box: whether they keep M1 to M7, M9 and what they can say of M8,
//! and whether those of the sealed days are what they were. It tells each violation, and seals a day once it is over
//! and there is none.
//!
//! It sees no secret: neither seeds of rounds that are not public nor passwords nor where players are paid. `evens
//! verify`, which looks in the same way, is an operator's and sees all.
//!
//! What it holds is bounded by how many records it takes in, and how long it takes by a time of its own: beyond either
//! it fails, and an alarm rings where none has succeeded for hours.
//!
//! Architecture invariant: nothing is repaired here. People look at a violation.
//!
//! Not in simulated runs: the auditor is asked directly there.

mod background;
mod handler;
mod seal_day;
mod verification;

pub use background::BackgroundFault;
pub use handler::Verifier;
pub use seal_day::day_to_seal;
pub use verification::{Expected, Findings, Sight, Verification, VerifyFault};

use evens_runtime::Need;

/// What it has to be told.
pub const NEEDS: &[Need] = &[Need::RefundAfter];
