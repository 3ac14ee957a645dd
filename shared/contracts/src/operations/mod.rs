//! Operations on the wire.

pub(crate) mod answer;
pub(crate) mod books_answer;
pub(crate) mod dead_letter;
pub(crate) mod health_answer;
pub(crate) mod queue_minutes_answer;
pub(crate) mod request;
mod routes;
pub(crate) mod sockets_answer;
pub(crate) mod switches;
pub(crate) mod traffic_answer;

pub(crate) use routes::ROUTES;
