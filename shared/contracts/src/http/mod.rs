//! The common parts of requests and answers of all domains: routes, bodies, problems, budgets, and the OpenAPI
//! document.

pub(crate) mod body;
pub(crate) mod cursor;
pub(crate) mod data;
pub(crate) mod day;
pub(crate) mod money;
mod names;
pub(crate) mod openapi;
pub(crate) mod problem;
pub(crate) mod rate;
pub(crate) mod request;
pub(crate) mod route;
pub(crate) mod schema;
pub(crate) mod span;
pub(crate) mod time;
pub(crate) mod whole;
