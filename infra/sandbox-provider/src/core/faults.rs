//! [`Fault`]: an injected fault, which occurs a given number of times.

use super::callbacks::EventType;
use super::names::named;
use serde::{Deserialize, Serialize};
use thiserror::Error;

named! {
    /// A call of the API.
    pub enum Operation {
        /// `POST /v1/payments`.
        OpenPayment = "open-payment",
        /// `GET /v1/payments/{id}`.
        GetPayment = "get-payment",
        /// `GET /v1/payments?reference=`.
        FindPayments = "find-payments",
        /// `POST /v1/payments/{id}/refunds`.
        MakeRefund = "make-refund",
        /// `GET /v1/refunds/{id}`.
        GetRefund = "get-refund",
        /// `POST /v1/payouts`.
        SendPayout = "send-payout",
        /// `GET /v1/payouts/{id}`.
        GetPayout = "get-payout",
        /// `GET /v1/payouts?reference=`.
        FindPayouts = "find-payouts",
        /// `GET /v1/statements/{day}.csv`.
        Statement = "statement",
    }
}

named! {
    /// The fault of a call.
    pub enum CallFault {
        /// It takes effect, and is answered, only after the delay.
        Delay = "delay",
        /// It takes effect and is never answered.
        Hang = "hang",
        /// It has no effect, and the answer is 503.
        FailBeforeEffect = "fail-before-effect",
        /// It takes effect, and the connection closes without an answer.
        LoseAnswer = "lose-answer",
        /// It has no effect, and the answer is 429.
        TooManyRequests = "429",
        /// It has no effect, and the answer is 422.
        Refuse = "422",
        /// It takes effect, and the answer is 500.
        ServerError = "500",
        /// It takes effect, and the answer is unreadable.
        Garbage = "garbage",
    }
}

named! {
    /// A call with idempotency keys.
    pub enum KeyedOperation {
        /// `POST /v1/payments`.
        OpenPayment = "open-payment",
        /// `POST /v1/payments/{id}/refunds`.
        MakeRefund = "make-refund",
        /// `POST /v1/payouts`.
        SendPayout = "send-payout",
    }
}

named! {
    /// The fault of one delivery attempt. A callback that is not answered with 2xx is repeated without the fault.
    pub enum CallbackFault {
        /// It is sent after the delay.
        Delay = "delay",
        /// It is never sent and not repeated.
        FailBeforeEffect = "fail-before-effect",
        /// It is sent twice.
        Duplicate = "duplicate",
        /// It is sent after the next delivered callback, or after the delay.
        Reorder = "reorder",
        /// It is signed with another secret.
        WrongSignature = "wrong-signature",
        /// Its time is an hour ago, and its signature covers that time.
        OldTime = "old-time",
        /// It has another amount.
        WrongAmount = "wrong-amount",
        /// It has another currency.
        WrongCurrency = "wrong-currency",
        /// It has an unknown reference.
        ForeignReference = "foreign-reference",
        /// Its body is not JSON, and is signed.
        Garbage = "garbage",
    }
}

named! {
    /// The fault of a payment.
    pub enum PaymentFault {
        /// A failed payment succeeds after the delay.
        SuccessAfterFailure = "success-after-failure",
        /// A successful payment is disputed after the delay.
        Dispute = "dispute",
        /// Another amount is paid.
        WrongAmount = "wrong-amount",
        /// Another currency is paid.
        WrongCurrency = "wrong-currency",
    }
}

/// An injected fault. On the wire: `on` and `do`, see [`Fault::parse`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "FaultText<String>", into = "FaultText<&'static str>")]
pub enum Fault {
    /// A call.
    Call(Operation, CallFault),
    /// The key of a repeated call is forgotten.
    ForgetKey(KeyedOperation),
    /// A callback of this type, or of any type.
    Callback(Option<EventType>, CallbackFault),
    /// A payment.
    Payment(PaymentFault),
    /// A refund fails instead of being processed.
    FailRefund,
    /// A processed payout is reversed after the delay.
    ReverseAfterProcessed,
    /// A failed payout is processed after the delay.
    ProcessAfterFailure,
}

/// The reason why a fault does not exist, in the order of the checks.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum FaultError {
    /// The value of `on` is unknown.
    #[error(
        "the fault must name a call, \"callback\", a callback type, \"payment\", \"refund\" or \"payout\""
    )]
    On,
    /// The value of `do` is unknown for this `on`.
    #[error("this fault is not possible there")]
    Do,
}

#[derive(Serialize, Deserialize)]
struct FaultText<Text> {
    on: Text,
    r#do: Text,
}

const ON_CALLBACK: &str = "callback";
const ON_PAYMENT: &str = "payment";
const ON_REFUND: &str = "refund";
const ON_PAYOUT: &str = "payout";
const FORGET_KEY: &str = "forget-key";
const FAIL: &str = "fail";
const REVERSE_AFTER_PROCESSED: &str = "reverse-after-processed";
const SUCCESS_AFTER_FAILURE: &str = "success-after-failure";

impl Fault {
    /// Parses `on` and `do`.
    ///
    /// | `on` | `do` |
    /// |---|---|
    /// | a call, by the names of [`Operation`] | the names of [`CallFault`] |
    /// | a call, by the names of [`KeyedOperation`] | `forget-key` |
    /// | `callback`, or the name of an [`EventType`] | the names of [`CallbackFault`] |
    /// | `payment` | the names of [`PaymentFault`] |
    /// | `refund` | `fail` |
    /// | `payout` | `reverse-after-processed`, `success-after-failure` |
    pub fn parse(on: &str, fault: &str) -> Result<Self, FaultError> {
        let event = EventType::from_name(on);
        let parsed = if let Some(operation) = Operation::from_name(on) {
            let keyed = KeyedOperation::from_name(on).filter(|_| fault == FORGET_KEY);
            let of_call = || CallFault::from_name(fault).map(|fault| Self::Call(operation, fault));
            keyed.map(Self::ForgetKey).or_else(of_call)
        } else if on == ON_CALLBACK || event.is_some() {
            CallbackFault::from_name(fault).map(|fault| Self::Callback(event, fault))
        } else if on == ON_PAYMENT {
            PaymentFault::from_name(fault).map(Self::Payment)
        } else if on == ON_REFUND {
            (fault == FAIL).then_some(Self::FailRefund)
        } else if on == ON_PAYOUT {
            match fault {
                REVERSE_AFTER_PROCESSED => Some(Self::ReverseAfterProcessed),
                SUCCESS_AFTER_FAILURE => Some(Self::ProcessAfterFailure),
                _ => None,
            }
        } else {
            return Err(FaultError::On);
        };
        parsed.ok_or(FaultError::Do)
    }

    /// The values of `on` and `do`: the reverse of [`Fault::parse`].
    pub const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Call(on, fault) => (on.name(), fault.name()),
            Self::ForgetKey(on) => (on.name(), FORGET_KEY),
            Self::Callback(Some(on), fault) => (on.name(), fault.name()),
            Self::Callback(None, fault) => (ON_CALLBACK, fault.name()),
            Self::Payment(fault) => (ON_PAYMENT, fault.name()),
            Self::FailRefund => (ON_REFUND, FAIL),
            Self::ReverseAfterProcessed => (ON_PAYOUT, REVERSE_AFTER_PROCESSED),
            Self::ProcessAfterFailure => (ON_PAYOUT, SUCCESS_AFTER_FAILURE),
        }
    }
}

impl TryFrom<FaultText<String>> for Fault {
    type Error = FaultError;

    fn try_from(text: FaultText<String>) -> Result<Self, FaultError> {
        Self::parse(&text.on, &text.r#do)
    }
}

impl From<Fault> for FaultText<&'static str> {
    fn from(fault: Fault) -> Self {
        let (on, r#do) = fault.names();
        Self { on, r#do }
    }
}

/// A fault with its remaining number of occurrences.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingFault {
    #[serde(flatten)]
    pub fault: Fault,
    /// The number of occurrences, at least one.
    pub times: u32,
}

/// The pending faults, in the order in which they were requested.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Faults(Vec<PendingFault>);

impl Faults {
    pub(super) fn add(&mut self, fault: PendingFault) {
        self.0.push(fault);
    }

    pub(super) fn pending(&self) -> &[PendingFault] {
        &self.0
    }

    /// Takes one occurrence of the first matching fault.
    pub(super) fn take<Found>(&mut self, fits: impl Fn(Fault) -> Option<Found>) -> Option<Found> {
        let (place, found) =
            self.0.iter().enumerate().find_map(|(place, pending)| Some((place, fits(pending.fault)?)))?;
        let pending = &mut self.0[place];
        pending.times -= 1;
        if pending.times == 0 {
            self.0.remove(place);
        }
        Some(found)
    }

    pub(super) fn take_one(&mut self, fault: Fault) -> bool {
        self.take(|pending| (pending == fault).then_some(())).is_some()
    }
}
