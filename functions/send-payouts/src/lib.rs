//! Sends withdrawals through their provider, each once. It claims an attempt, queries the provider for earlier payouts
//! unless none are possible, and sends under the attempt's key.
//!
//! Keeps: a payout that may have been sent is queried first. Absence at the provider is not failure; only the
//! provider's record ends an attempt. A process whose claim expired does not call. A second record of one order stops
//! everything until a person has looked.
//!
//! Architecture invariant: `payments` decides every step (`claim_payout`, `next_payout_step`, `settle_payout`).

mod handler;

pub use handler::PayoutSender;

use evens_providers::PaymentNeed;
use evens_runtime::Need;

pub const NEEDS: &[Need] = &[Need::AttendanceOffset];

pub const PAYMENT_NEEDS: &[PaymentNeed] = &[PaymentNeed::ConfirmAbove];
