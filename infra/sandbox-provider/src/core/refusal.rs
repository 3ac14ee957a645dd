//! [`Refusal`]: why nothing was done.

use super::records::PaymentStatus;
use thiserror::Error;

/// Why nothing was done, in the order of the checks.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum Refusal {
    /// The idempotency key was used for a request that differs.
    #[error("this idempotency key was used for another request")]
    KeyUsedForAnotherRequest,
    /// There is no such payment.
    #[error("there is no such payment")]
    UnknownPayment,
    /// The payment is in a state in which that cannot be done.
    #[error("the payment is {}", .0.name())]
    PaymentStatus(PaymentStatus),
    /// The refund is larger than what is left of the payment.
    #[error("only {amount_left} minor units of the payment are left")]
    RefundTooLarge {
        /// Minor units that are left.
        amount_left: u64,
    },
}
