//! What a player is shown of themselves, and may change of it: `GET` and `PATCH /api/users/me`, `GET
//! /api/users/me/referrals`, `GET /api/attendance`.
//!
//! Keeps M8: everything is the token's subject's.
//!
//! Not in simulated runs: players there know what they were told at once.

mod attendance;
mod profile;

use axum::{Router, routing};
use evens_runtime::Context;

/// The function's routes.
pub fn router() -> Router<Context> {
    Router::new()
        .route("/api/users/me", routing::get(profile::read).patch(profile::change))
        .route("/api/users/me/referrals", routing::get(profile::list_referrals))
        .route("/api/attendance", routing::get(attendance::read))
}

use evens_runtime::Need;

/// What it has to be told.
pub const NEEDS: &[Need] = &[Need::TokenPublicKeys, Need::RateLimits, Need::AttendanceOffset];
