//! Does to orders what payment providers tell of them: credits, fails, sets aside, completes, gives back, takes back.
//! And asks a provider how an order stands, where a callback is not enough or none came.
//!
//! Keeps M3: what a report does shares a transaction with the order's revision, so a report that comes twice, late or
//! out of order does its work once. Money that nobody expected is put into suspense, and never lost.
//!
//! Architecture invariant: a callback is a hint. Whatever is not the plain case is done by the provider's present
//! record.

mod deposits;
mod disputes;
mod handler;
mod refunds;
mod withdrawals;

pub use handler::PaymentFollower;

use evens_providers::PaymentNeed;
use evens_runtime::Need;

/// What it has to be told.
pub const NEEDS: &[Need] = &[Need::AttendanceOffset, Need::ReferralBonusAfter];

/// What it has to be told of money in and out.
pub const PAYMENT_NEEDS: &[PaymentNeed] = &[
    PaymentNeed::FirstDepositBonus,
    PaymentNeed::TurnoverFactor,
    PaymentNeed::KycAbove,
    PaymentNeed::ConfirmAbove,
];
