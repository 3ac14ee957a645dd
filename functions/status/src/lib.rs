//! `GET /health`: table and queues answer; `GET /health/live`: the process answers; `GET /health/ready`: the process
//! accepts requests; `GET /openapi.json`: the OpenAPI document.
//!
//! Not in simulated runs: it is called from outside.

mod document;
mod handler;
mod recent_probe;

pub use handler::router;
pub use recent_probe::{Probe, probe};

use evens_runtime::{Function, Stack, Stages, Start};

pub const FUNCTION: Function = Function {
    folder: "status",
    stack: Stack::Operations,
    start: Start::Requests(Stages { local: 5, dev: 5, staging: 10, prod: 10 }),
    ..Function::REQUESTS
};
