//! `POST /api/withdrawals`: debits the wallet and writes the order in one transaction, asks for its payout, and answers
//! 202. `POST /api/payees` adds an account that a player can be paid to. And what a player sees of both.
//!
//! Keeps M2, M3 and M8: the order is the token's subject's and goes to one of their own payees; its id follows from the
//! user and the idempotency key; nothing is paid here. The number of an account is sealed before it is stored, and told
//! to nobody, its owner included. If the message is lost, the sweeper finds the order.
//!
//! Architecture invariant: no rule lives here. The body is parsed by `contracts`, the order decided by `payments`.

mod payees;
mod withdrawals;

use axum::Router;
use axum::extract::Extension;
use evens_exclusion_register::Exclusions;
use evens_providers::{PaymentNeed, Payments};
use evens_runtime::{Context, Need};
use evens_sealing::SealingKeys;

/// What it has to be told.
pub const NEEDS: &[Need] = &[Need::TokenPublicKeys, Need::RateLimits, Need::Bets, Need::AttendanceOffset];

/// What it has to be told of money in and out.
pub const PAYMENT_NEEDS: &[PaymentNeed] =
    &[PaymentNeed::Currency, PaymentNeed::Withdrawals, PaymentNeed::WithdrawalMin, PaymentNeed::Holds];

/// The function's routes. That register says who may not stake, and so is not asked to.
pub fn router(payments: Payments, keys: SealingKeys, exclusions: Exclusions) -> Router<Context> {
    payees::router()
        .merge(withdrawals::router())
        .layer(Extension(payments))
        .layer(Extension(keys))
        .layer(Extension(exclusions))
}
