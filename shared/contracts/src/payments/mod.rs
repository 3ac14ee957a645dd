//! Deposits and withdrawals on the wire: routes, requests, answers and jobs.

pub(crate) mod accounts;
pub(crate) mod adjust;
pub(crate) mod answer;
pub(crate) mod cursor;
pub(crate) mod identity;
pub(crate) mod jobs;
pub(crate) mod limits;
pub(crate) mod opponents;
mod parameters;
pub(crate) mod payout_facts;
pub(crate) mod platform;
pub(crate) mod reconciliation;
pub(crate) mod request;
pub(crate) mod review;
pub(crate) mod review_routes;
pub(crate) mod reviewed_deposit;
pub(crate) mod routes;
