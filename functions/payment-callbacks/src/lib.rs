//! `POST /api/payments/callback/{provider}`, or without a name for the default provider. Verifies the signature over
//! the raw bytes, parses the body, and answers 200 once the report is queued.
//!
//! Keeps: a callback answered with 2xx is not lost. No body is queued or logged, only the parsed report and the body's
//! hash. The table is not read, so callbacks are accepted while the table is busy or down.
//!
//! Architecture invariant: nothing is decided here. A callback is a hint; the order decides.
//!
//! Not in simulated runs: there provider reports go directly into their queue.

mod handler;

pub use handler::router;

use evens_runtime::Need;

pub const NEEDS: &[Need] = &[Need::AttendanceOffset];
