//! Cashiers decide about withdrawals that a rule held back, about payouts that do not come to their end, about
//! money that came and goes back, about debts, and about accounts that two players say are theirs, and note what is
//! known of who players are; cashiers and auditors see them; auditors read the audit log; both read how days agree with
//! what payment providers state.
//!
//! Keeps: nobody decides about an order of their own, nor twice about one; whoever decides has logged in just now; each
//! decision has its line in the audit log, in the transaction that makes it. A decision that is sent again changes
//! nothing.
//!
//! Architecture invariant: no rule lives here. `payments` decides, `audit-log` chains the lines.

mod accounts;
mod audit;
mod claims;
mod decisions;
mod deposits;
mod identity;
mod players;
mod reconciliations;
mod resolutions;
mod returns;
mod reviews;

use axum::Router;
use axum::extract::Extension;
use evens_payments::{Currency, DepositRules, HoldRules};
use evens_providers::PaymentNeed;
use evens_runtime::{Context, Need};

/// What it has to be told.
pub const NEEDS: &[Need] = &[Need::TokenPublicKeys, Need::RateLimits, Need::AttendanceOffset];

/// What it has to be told of money in and out.
pub const PAYMENT_NEEDS: &[PaymentNeed] =
    &[PaymentNeed::Currency, PaymentNeed::TurnoverFactor, PaymentNeed::Holds, PaymentNeed::KycAbove];

/// The function's routes, where these rules say how many cashiers must agree, and what holds for money that comes,
/// which is of that currency.
pub fn router(holds: HoldRules, deposits: DepositRules, currency: Currency) -> Router<Context> {
    accounts::router()
        .merge(audit::router())
        .merge(claims::router(deposits))
        .merge(decisions::router())
        .merge(deposits::router())
        .merge(identity::router())
        .merge(players::router())
        .merge(reconciliations::router())
        .merge(resolutions::router())
        .merge(returns::router())
        .merge(reviews::router())
        .layer(Extension(holds))
        .layer(Extension(currency))
}
