//! Money in and out, on the wire: routes, requests, answers, and what is asked for about orders.

pub(crate) mod answer;
pub(crate) mod jobs;
pub(crate) mod request;
pub(crate) mod routes;
