//! `/api/limits` and `/api/exclusion`: what players set for themselves. A lower limit counts at once, a higher one when
//! its player confirms it a day later, within a week; an exclusion begins at once and ends by its player's word; a
//! reality check that is due stays due until its player has seen it. And `/api/identity`: what others have found out of
//! who they are.
//!
//! Keeps M8: what is set is the token's subject's. Setting something twice is setting it once, so no request here takes
//! an `Idempotency-Key`.
//!
//! Architecture invariant: no rule lives here. The body is parsed by `contracts`, what becomes of it is decided by
//! `payments`. No money moves.

mod exclusion;
mod identity;
mod limits;
mod reality_check;

use axum::Router;
use evens_runtime::{Context, Need};
use jiff::tz::TimeZone;

/// What it has to be told.
pub const NEEDS: &[Need] = &[Need::TokenPublicKeys, Need::RateLimits, Need::AttendanceOffset];

/// The function's routes.
pub fn router() -> Router<Context> {
    limits::router().merge(exclusion::router()).merge(identity::router()).merge(reality_check::router())
}

/// By whose calendar days, weeks and months begin.
fn zone(context: &Context) -> TimeZone {
    TimeZone::fixed(context.settings.attendance_offset.offset())
}
