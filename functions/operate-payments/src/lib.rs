//! Cashiers decide about withdrawals that a rule held back, about payouts that do not come to their end, about
//! money that came and goes back, and about debts; cashiers and auditors see them; auditors read the audit
//! log; both read how days agree with what payment providers state.
//!
//! Keeps: nobody decides about an order of their own, nor twice about one; whoever decides has logged in just now; each
//! decision has its line in the audit log, in the transaction that makes it. A decision that is sent again changes
//! nothing.
//!
//! Architecture invariant: no rule lives here. `payments` decides, `audit-log` chains the lines.

mod audit;
mod claims;
mod decisions;
mod deposits;
mod players;
mod reconciliations;
mod resolutions;
mod reviews;

use axum::Router;
use axum::extract::Extension;
use evens_payments::HoldRules;
use evens_runtime::{Context, Need};
use jiff::tz::TimeZone;

/// What it has to be told.
pub const NEEDS: &[Need] = &[Need::TokenPublicKeys, Need::RateLimits, Need::AttendanceOffset];

/// The function's routes, where these rules say how many cashiers must agree, and whose calendar limits follow.
pub fn router(holds: HoldRules, zone: TimeZone) -> Router<Context> {
    audit::router()
        .merge(claims::router(zone))
        .merge(decisions::router())
        .merge(deposits::router())
        .merge(players::router())
        .merge(reconciliations::router())
        .merge(resolutions::router())
        .merge(reviews::router())
        .layer(Extension(holds))
}
