//! `GET /health`: whether table and queues answer; `GET /health/live`: whether the process does; `GET /health/ready`:
//! whether requests should be sent to it; `GET /openapi.json`: this API as a document.
//!
//! Not in simulated runs: it looks from outside.

mod handler;
mod recent_probe;

pub use handler::router;
