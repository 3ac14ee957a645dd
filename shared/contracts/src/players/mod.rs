//! Players and their accounts on the wire.

pub(crate) mod answer;
pub(crate) mod jobs;
pub(crate) mod request;
pub(crate) mod request_schema;
pub(crate) mod reviewed_user;
mod routes;
pub(crate) mod user_body;
pub(crate) mod wallet_answer;

pub(crate) use routes::ROUTES;
