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

use evens_runtime::{Function, Stack, Stages, Start};

pub const FUNCTION: Function = Function {
    folder: "payment-callbacks",
    stack: Stack::Payments,
    about: "Called from the public internet, so it has the fewest permissions: it checks callbacks and sends to one \
        queue.",
    start: Start::Requests(Stages { local: 5, dev: 3, staging: 10, prod: 10 }),
    ..Function::REQUESTS
};
