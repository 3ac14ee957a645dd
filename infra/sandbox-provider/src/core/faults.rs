//! [`Fault`]: what goes wrong on purpose, so many times.

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
    /// What goes wrong with a call.
    pub enum CallFault {
        /// It is carried out, and answered, only when the delay is over.
        Delay = "delay",
        /// It is carried out and never answered.
        Hang = "hang",
        /// It is not carried out; the answer is 503.
        FailBeforeEffect = "fail-before-effect",
        /// It is carried out, and the connection ends without an answer.
        LoseAnswer = "lose-answer",
        /// It is not carried out; the answer is 429.
        TooManyRequests = "429",
        /// It is not carried out; the answer is 422.
        Refuse = "422",
        /// It is carried out; the answer is 500.
        ServerError = "500",
        /// It is carried out; the answer cannot be read.
        Garbage = "garbage",
    }
}

named! {
    /// A call whose idempotency keys are kept.
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
    /// What goes wrong with one attempt to deliver a callback. Those that the receiver does not answer with 2xx are
    /// repeated, then without the fault.
    pub enum CallbackFault {
        /// It is sent when the delay is over.
        Delay = "delay",
        /// It is never sent, and not repeated.
        FailBeforeEffect = "fail-before-effect",
        /// It is sent twice.
        Duplicate = "duplicate",
        /// It is sent after the next other callback that is delivered, or when the delay is over.
        Reorder = "reorder",
        /// Its signature is that of another secret.
        WrongSignature = "wrong-signature",
        /// Its time is an hour ago, and signed so.
        OldTime = "old-time",
        /// Its amount is another one.
        WrongAmount = "wrong-amount",
        /// Its currency is another one.
        WrongCurrency = "wrong-currency",
        /// Its reference is nobody's.
        ForeignReference = "foreign-reference",
        /// Its body is no JSON, and signed.
        Garbage = "garbage",
    }
}

named! {
    /// What goes wrong with the money of a payment.
    pub enum PaymentFault {
        /// When it fails, it succeeds after the delay.
        SuccessAfterFailure = "success-after-failure",
        /// When it succeeds, it is disputed after the delay.
        Dispute = "dispute",
        /// When it succeeds, another amount was paid.
        WrongAmount = "wrong-amount",
        /// When it succeeds, it was paid in another currency.
        WrongCurrency = "wrong-currency",
    }
}

/// What goes wrong on purpose. On the wire: `on` and `do`, see [`Fault::parse`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "FaultText<String>", into = "FaultText<&'static str>")]
pub enum Fault {
    /// With a call.
    Call(Operation, CallFault),
    /// The key of a repeated call was forgotten.
    ForgetKey(KeyedOperation),
    /// With a callback of that type, or of any.
    Callback(Option<EventType>, CallbackFault),
    /// With the money of a payment.
    Payment(PaymentFault),
    /// When a refund would be processed, it fails.
    FailRefund,
    /// When a payout is processed, it is reversed after the delay.
    ReverseAfterProcessed,
    /// When a payout fails, it is processed all the same after the delay.
    ProcessAfterFailure,
}

/// Why there is no such fault, in the order of the checks.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum FaultError {
    /// Nothing has that name.
    #[error("faults are on a call, \"callback\", a type of callbacks, \"payment\", \"refund\" or \"payout\"")]
    On,
    /// That does not go wrong there.
    #[error("that cannot go wrong there")]
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
    /// Reads where something goes wrong, and what.
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

    /// Where it goes wrong, and what: the reverse of [`Fault::parse`].
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

/// A fault that is still to happen so many times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingFault {
    /// What goes wrong.
    #[serde(flatten)]
    pub fault: Fault,
    /// How many times; at least once.
    pub times: u32,
}

/// The faults that are still to happen, in the order in which they were asked for.
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

    /// The first fault that fits; it happens once less from now on.
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
