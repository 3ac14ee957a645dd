//! What operators see and do, on the wire.

pub(crate) mod request_schema;
mod routes;

pub(crate) use routes::ROUTES;
