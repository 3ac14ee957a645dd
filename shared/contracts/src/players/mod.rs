//! Players and their accounts on the wire.

pub(crate) mod answer;
pub(crate) mod jobs;
pub(crate) mod listed_user;
pub(crate) mod names;
pub(crate) mod request;
pub(crate) mod reviewed_user;
mod routes;
pub(crate) mod search;
pub(crate) mod user_body;
pub(crate) mod wallet_answer;

pub(crate) use routes::ROUTES;
