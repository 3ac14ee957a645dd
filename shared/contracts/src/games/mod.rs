//! House games on the wire. The names are those of the old API.

pub(crate) mod answer;
pub(crate) mod bet_answer;
pub(crate) mod block_request;
pub(crate) mod catalog;
pub(crate) mod cursor;
pub(crate) mod distribution;
pub(crate) mod history;
pub(crate) mod jobs;
pub(crate) mod request;
pub(crate) mod result_event;
mod routes;
pub(crate) mod statistics_answer;
pub(crate) mod verification;

pub(crate) use routes::ROUTES;
