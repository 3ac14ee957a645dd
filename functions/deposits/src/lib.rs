//! `POST /api/deposits` and a player's view of their deposits. Opening a deposit first stores the order and counts it
//! against the player's limits. Only then does it open the payment at the provider and return where to pay.
//! `GET /api/platform`: the settings that clients show, such as whether there is a provider.
//!
//! Keeps M3 and M8: the order belongs to the token's subject. Its id derives from the user and the idempotency key, so
//! a repeat finds the same order and payment. This function credits nothing: a credit needs the provider's report.
//!
//! Architecture invariant: no rule lives here. `contracts` parses the body and `payments` decides about the order.

mod handler;
mod platform;

pub use handler::router;

use evens_providers::PaymentNeed;
use evens_runtime::Need;

pub const NEEDS: &[Need] = &[
    Need::TokenPublicKeys,
    Need::RateLimits,
    Need::AttendanceOffset,
    Need::PhoneCountry,
    Need::Bets,
    Need::StakeMin,
];

pub const PAYMENT_NEEDS: &[PaymentNeed] = &[
    PaymentNeed::Currency,
    PaymentNeed::Deposits,
    PaymentNeed::DepositMin,
    PaymentNeed::DepositMax,
    PaymentNeed::Withdrawals,
    PaymentNeed::WithdrawalMin,
    PaymentNeed::KycAbove,
];
