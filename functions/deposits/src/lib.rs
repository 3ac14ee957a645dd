//! `POST /api/deposits`: writes an order down, with its place in the player's limits, before the provider hears of it;
//! then opens the payment there, and tells the player where to pay. And what a player sees of their deposits.
//! `GET /api/platform`: the settings that clients show, which say whether there is a provider.
//!
//! Keeps M3 and M8: the order is the token's subject's, and its id follows from the user and the idempotency key, so a
//! repeat finds the same order and the same payment. Nothing is credited here: that takes the provider's word.
//!
//! Architecture invariant: no rule lives here. The body is parsed by `contracts`, the order decided by `payments`.

mod handler;
mod platform;

pub use handler::router;

use evens_providers::PaymentNeed;
use evens_runtime::Need;

/// What it has to be told.
pub const NEEDS: &[Need] = &[
    Need::TokenPublicKeys,
    Need::RateLimits,
    Need::AttendanceOffset,
    Need::PhoneCountry,
    Need::Bets,
    Need::StakeMin,
];

/// What it has to be told of money in and out.
pub const PAYMENT_NEEDS: &[PaymentNeed] = &[
    PaymentNeed::Currency,
    PaymentNeed::Deposits,
    PaymentNeed::DepositMin,
    PaymentNeed::DepositMax,
    PaymentNeed::Withdrawals,
    PaymentNeed::WithdrawalMin,
    PaymentNeed::KycAbove,
];
