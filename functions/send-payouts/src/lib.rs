//! Sends withdrawals through their provider, each once: claims an attempt, asks what the provider has of it unless
//! nobody can have called before, and sends under the attempt's key.
//!
//! Keeps: what may have been sent is asked about first; absence is not failure; only the provider's record ends an
//! attempt; whoever slept since their claim does not call; a second record of one order stops everything until a person
//! has looked.
//!
//! Architecture invariant: every step is `payments`' own (`claim_payout`, `next_payout_step`, `settle_payout`).

mod handler;

pub use handler::PayoutSender;

use evens_providers::PaymentNeed;
use evens_runtime::Need;

/// What it has to be told.
pub const NEEDS: &[Need] = &[Need::AttendanceOffset];

/// What it has to be told of money in and out.
pub const PAYMENT_NEEDS: &[PaymentNeed] = &[PaymentNeed::ConfirmAbove];
