//! Jackpots on the wire.

pub(crate) mod answer;
pub(crate) mod jobs;
pub(crate) mod proposals;
pub(crate) mod request;
mod routes;

pub(crate) use routes::ROUTES;
