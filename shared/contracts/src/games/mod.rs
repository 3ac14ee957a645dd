//! House games on the wire. The old names are the names.

pub(crate) mod answer;
pub(crate) mod bet_answer;
pub(crate) mod jobs;
pub(crate) mod request;
mod request_schema;
mod routes;

pub(crate) use routes::ROUTES;
