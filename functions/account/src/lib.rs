//! A player's own profile, referrals and attendance: `GET` and `PATCH /api/users/me`, `GET /api/users/me/referrals`,
//! `GET /api/attendance`.
//!
//! Keeps M8: every route reads and writes the token's subject only.
//!
//! Not in simulated runs: simulated players do not read their profile.

mod attendance;
mod profile;

use axum::{Router, routing};
use evens_runtime::{Calls, Context, Function, Slow, Stack, Stages, Start};

pub fn router() -> Router<Context> {
    Router::new()
        .route("/api/users/me", routing::get(profile::read).patch(profile::change))
        .route("/api/users/me/referrals", routing::get(profile::list_referrals))
        .route("/api/attendance", routing::get(attendance::read))
}

pub const FUNCTION: Function = Function {
    folder: "account",
    stack: Stack::Players,
    start: Start::Requests(Stages { local: 5, dev: 4, staging: 20, prod: 20 }),
    slow: Slow { calls: Calls::Many, warn_ms: 1_000, page_ms: 5_000 },
    ..Function::REQUESTS
};
