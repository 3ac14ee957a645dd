//! `POST /api/payments/callback/{provider}`, or without its name for the provider that new orders go to: checks the
//! signature over the very bytes that came, reads what they tell, and answers 200 once a queue has it.
//!
//! Keeps: a callback that was answered 2xx is not lost; no body is queued or logged, only what was read of it and its
//! hash. The table is not read, so a callback is taken while the table is busy or away.
//!
//! Architecture invariant: nothing is decided here. A callback is a hint; the order decides.
//!
//! Not in simulated runs: what providers tell goes into its queue at once there.

mod handler;

pub use handler::router;

use evens_runtime::Need;

/// What it has to be told.
pub const NEEDS: &[Need] = &[Need::AttendanceOffset];
