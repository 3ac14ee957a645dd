//! A/B betting on the wire.

pub(crate) mod answer;
pub(crate) mod cursor;
pub(crate) mod jobs;
pub(crate) mod request;
pub(crate) mod round_answer;
pub(crate) mod round_line;
mod routes;
pub(crate) mod waiting_answer;

pub(crate) use routes::ROUTES;
