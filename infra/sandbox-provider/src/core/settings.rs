//! [`Settings`]: delays and fees.

use super::values::Amount;
use std::time::Duration;

/// The provider's delays and fees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The time that a payout is queued.
    pub payout_queued: Duration,
    /// The time that a payout is processing.
    pub payout_processing: Duration,
    /// The time from a payout's processing to its return.
    pub payout_return: Duration,
    /// The time that a refund is processing.
    pub refund_processing: Duration,
    /// The lifetime of an idempotency key.
    pub keys_kept: Duration,
    /// The delay of faults that have one.
    pub fault_delay: Duration,
    /// The retries of callbacks.
    pub callbacks: Retries,
    pub fees: Fees,
}

/// The retries of a callback that was not answered with 2xx: forever, with doubling pauses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retries {
    /// The receiver's time limit for an answer.
    pub answer_within: Duration,
    /// The pause between the first two attempts.
    pub pause_first: Duration,
    /// The longest pause between attempts.
    pub pause_max: Duration,
}

/// The provider's fees, which are also kept when money is returned later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fees {
    /// Per payment, in hundredths of a per cent, rounded down.
    pub payment_basis_points: u16,
    /// Per processed payout, in minor units of its currency.
    pub payout_units: u32,
}

/// Suitable for trying things out: seconds instead of minutes.
impl Default for Settings {
    fn default() -> Self {
        Self {
            payout_queued: Duration::from_millis(500),
            payout_processing: Duration::from_secs(2),
            payout_return: Duration::from_secs(5),
            refund_processing: Duration::from_secs(2),
            keys_kept: Duration::from_hours(6 * 24),
            fault_delay: Duration::from_secs(5),
            callbacks: Retries {
                answer_within: Duration::from_secs(5),
                pause_first: Duration::from_secs(1),
                pause_max: Duration::from_mins(10),
            },
            fees: Fees { payment_basis_points: 200, payout_units: 500 },
        }
    }
}

impl Fees {
    /// The fee of a payment in minor units.
    pub(super) const fn of_payment(self, amount: Amount) -> i64 {
        let (whole, rest) = (amount.signed() / Self::PARTS, amount.signed() % Self::PARTS);
        let basis_points = self.payment_basis_points as i64;
        // Computed in two parts, because the product of the largest values would overflow.
        whole * basis_points + rest * basis_points / Self::PARTS
    }

    const PARTS: i64 = 10_000;
}

impl Retries {
    /// The pause after this number of failed attempts.
    pub(super) fn pause_after(&self, attempts: u32) -> Duration {
        let doubled = 2_u32.saturating_pow(attempts.saturating_sub(1));
        self.pause_first.saturating_mul(doubled).min(self.pause_max)
    }
}
