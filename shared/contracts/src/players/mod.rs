//! Players and their accounts on the wire.

pub(crate) mod jobs;
pub(crate) mod request_schema;
mod routes;

pub(crate) use routes::ROUTES;
