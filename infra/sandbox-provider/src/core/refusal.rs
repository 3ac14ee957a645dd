//! [`Refusal`]: the reason why a call had no effect.

use super::records::PaymentStatus;
use thiserror::Error;

/// The reason why a call had no effect, in the order of the checks.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum Refusal {
    /// The idempotency key was used for a request that differs.
    #[error("this idempotency key was used for another request")]
    KeyUsedForAnotherRequest,
    /// The payment does not exist.
    #[error("the payment does not exist")]
    UnknownPayment,
    /// The payment's status does not permit the operation.
    #[error("the payment is {}", .0.name())]
    PaymentStatus(PaymentStatus),
    /// The refund exceeds the remaining amount of the payment.
    #[error("only {amount_left} minor units of the payment are left")]
    RefundTooLarge {
        /// The remaining minor units.
        amount_left: u64,
    },
}
