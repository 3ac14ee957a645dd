//! [`Settings`]: how long things take, and what they cost.

use super::values::Amount;
use std::time::Duration;

/// How long things take, and what they cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// A payout is queued for so long.
    pub payout_queued: Duration,
    /// A payout is processing for so long.
    pub payout_processing: Duration,
    /// A payout that comes back does so that long after it was processed.
    pub payout_return: Duration,
    /// A refund is processing for so long.
    pub refund_processing: Duration,
    /// An idempotency key is kept for so long.
    pub keys_kept: Duration,
    /// A fault that lets time pass lets so much of it pass.
    pub fault_delay: Duration,
    /// When callbacks are sent again.
    pub callbacks: Retries,
    /// What the provider keeps.
    pub fees: Fees,
}

/// When a callback is sent again that was not answered with 2xx: for ever, at doubling distances.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retries {
    /// The receiver has so long to answer.
    pub answer_within: Duration,
    /// From the first attempt to the second.
    pub pause_first: Duration,
    /// Between attempts, at most.
    pub pause_max: Duration,
}

/// What the provider keeps, also of what goes back later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fees {
    /// Of each payment, in hundredths of a per cent, rounded down.
    pub payment_basis_points: u16,
    /// Of each payout that was processed, in minor units of its currency.
    pub payout_units: u32,
}

/// For a person who tries things out: seconds instead of minutes.
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
    /// Of a payment, in minor units.
    pub(super) const fn of_payment(self, amount: Amount) -> i64 {
        let (whole, rest) = (amount.signed() / Self::PARTS, amount.signed() % Self::PARTS);
        let basis_points = self.payment_basis_points as i64;
        // In two parts, as the product of the largest ones does not fit.
        whole * basis_points + rest * basis_points / Self::PARTS
    }

    const PARTS: i64 = 10_000;
}

impl Retries {
    /// How long after an attempt that was answered otherwise the next one is due.
    pub(super) fn pause_after(&self, attempts: u32) -> Duration {
        let doubled = 2_u32.saturating_pow(attempts.saturating_sub(1));
        self.pause_first.saturating_mul(doubled).min(self.pause_max)
    }
}
