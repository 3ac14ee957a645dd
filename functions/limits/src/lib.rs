//! `/api/limits` and `/api/exclusion`: limits that players set for themselves. A lower limit applies at once. A higher
//! one applies once its player confirms it, a day later and within a week. An exclusion begins at once and ends when
//! its player says so. A reality check stays due until its player has acknowledged it. Also `/api/identity`: the
//! player's identity status.
//!
//! Keeps M8: every route concerns the token's subject. Setting a value twice has the effect of setting it once, so no
//! request here takes an `Idempotency-Key`.
//!
//! Architecture invariant: no rule lives here. `contracts` parses the body and `payments` decides. No money moves.

mod exclusion;
mod identity;
mod limits;
mod reality_check;

use axum::Router;
use evens_runtime::{Context, Need};
use jiff::tz::TimeZone;

pub const NEEDS: &[Need] = &[Need::TokenPublicKeys, Need::RateLimits, Need::AttendanceOffset];

pub fn router() -> Router<Context> {
    limits::router().merge(exclusion::router()).merge(identity::router()).merge(reality_check::router())
}

/// The time zone in which days, weeks and months begin.
fn zone(context: &Context) -> TimeZone {
    TimeZone::fixed(context.settings.attendance_offset.offset())
}
