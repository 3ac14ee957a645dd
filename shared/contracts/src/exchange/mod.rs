//! A/B betting on the wire.

pub(crate) mod jobs;
pub(crate) mod request_schema;
mod routes;

pub(crate) use routes::ROUTES;
