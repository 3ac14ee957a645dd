//! `GET /health`: whether table and queues answer; `GET /openapi.json`: this API as a document.

mod handler;

pub use handler::router;
