//! Razorpay's callbacks: one JSON object with the name of the event and the records it is about.
//!
//! They arrive in any order, repeatedly, and up to seven days late; no signed field contains the time. The order's
//! state shows which are new. The header `x-razorpay-event-id` is not signed and is therefore ignored.

use super::records::{About, Notes, OrderRecord, PaymentRecord, PayoutRecord, RefundRecord};
use crate::verified::one_header;
use crate::{EventFault, HmacSecrets, SignatureFault, Verified};
use evens_ledger::ProviderName;
use evens_payments::{DisputeReport, DisputeState, OrderId, ProviderEvent, ReportSource};
use hyper::HeaderMap;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

/// The header with the HMAC-SHA256 of the body in hexadecimal.
const SIGNATURE: &str = "x-razorpay-signature";

/// Checks that a callback is authentic.
///
/// # Errors
/// In the order of [`SignatureFault`].
pub(super) fn verify<'a>(
    secrets: &HmacSecrets,
    headers: &HeaderMap,
    body: &'a [u8],
) -> Result<Verified<'a>, SignatureFault> {
    let signature = one_header(headers, SIGNATURE)?;
    let tag = hex::decode(signature).map_err(|_| SignatureFault::Malformed(SIGNATURE))?;
    Verified::by_hmac(secrets, body, &tag, body)
}

/// Parses a callback.
///
/// # Errors
/// In the order of [`EventFault`].
pub(super) fn read(
    provider: &ProviderName,
    callback: &Verified<'_>,
) -> Result<Option<ProviderEvent>, EventFault> {
    let event: Event<'_> = parse(callback.body())?;
    let Some(kind) = Kind::of(&event.name) else { return Ok(None) };
    let (payload, created_at) = (event.payload.get().as_bytes(), event.created_at);
    let event_payload = CallbackPayload { payload, provider, created_at, source: callback.source() };
    match kind {
        Kind::Dispute(state) => event_payload.dispute(state).map(Some),
        Kind::OrderPaid => event_payload.order_paid().map(Some),
        Kind::PaymentFailed => event_payload.payment_failed().map(Some),
        Kind::Refund => event_payload.refund().map(Some),
        Kind::Payout => event_payload.payout().map(Some),
    }
}

/// A callback's payload and its origin.
struct CallbackPayload<'a> {
    payload: &'a [u8],
    provider: &'a ProviderName,
    created_at: Option<i64>,
    source: ReportSource,
}

impl CallbackPayload<'_> {
    fn order_paid(&self) -> Result<ProviderEvent, EventFault> {
        let OrderPaid { order: Of { entity: order }, payment: Of { entity: payment } } = parse(self.payload)?;
        let about = self.about(order.reference())?;
        if payment.order_id.as_ref() != Some(&order.id) {
            return Err(EventFault::Field("order_id"));
        }
        Ok(ProviderEvent::Payment(payment.report(about)?))
    }

    /// A payer can forge these notes. A failed payment credits nothing, and the deposit can still be paid.
    fn payment_failed(&self) -> Result<ProviderEvent, EventFault> {
        let PaymentFailed { payment: Of { entity: payment } } = parse(self.payload)?;
        let about = self.about(Notes::reference(payment.notes.as_ref()))?;
        Ok(ProviderEvent::Payment(payment.failure(about)?))
    }

    /// The notes of a refund are ours, because making a refund needs our key.
    fn refund(&self) -> Result<ProviderEvent, EventFault> {
        let RefundChanged { refund: Of { entity: refund } } = parse(self.payload)?;
        let about = self.about(Notes::reference(refund.notes.as_ref()))?;
        Ok(ProviderEvent::Refund(refund.report(about)?))
    }

    /// The callback names a payment. Only the notes of that payment could name our order. A payer can write those, and
    /// would choose whose wallet is debited. So the callback only says which dispute to query.
    fn dispute(&self, state: DisputeState) -> Result<ProviderEvent, EventFault> {
        let DisputeChanged { dispute: Of { entity: dispute } } = parse(self.payload)?;
        let id = dispute.id.parse().map_err(|_| EventFault::Field("id"))?;
        let (provider, source) = (self.provider.clone(), self.source);
        Ok(ProviderEvent::Dispute(DisputeReport { provider, id, reference: None, state, source }))
    }

    fn payout(&self) -> Result<ProviderEvent, EventFault> {
        let PayoutChanged { payout: Of { entity: payout } } = parse(self.payload)?;
        let about = self.about(payout.reference())?;
        Ok(ProviderEvent::Payout(payout.report(about)?))
    }

    fn about(&self, reference: Option<OrderId>) -> Result<About<'_>, EventFault> {
        let reference = reference.ok_or(EventFault::ForeignReference)?;
        let at = self.created_at.map(Timestamp::from_second).transpose();
        let at = at.map_err(|_| EventFault::Field("created_at"))?;
        Ok(About { provider: self.provider, reference, at, source: self.source })
    }
}

fn parse<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, EventFault> {
    serde_json::from_slice(bytes).map_err(|_| EventFault::Unreadable)
}

#[derive(Deserialize)]
struct Event<'a> {
    #[serde(rename = "event")]
    name: String,
    #[serde(borrow)]
    payload: &'a RawValue,
    created_at: Option<i64>,
}

/// The subject of a callback.
enum Kind {
    OrderPaid,
    PaymentFailed,
    Refund,
    Payout,
    Dispute(DisputeState),
}

impl Kind {
    /// `None` for events that concern no order, or that repeat another event.
    fn of(name: &str) -> Option<Self> {
        match name {
            "order.paid" => Some(Self::OrderPaid),
            "payment.failed" => Some(Self::PaymentFailed),
            "refund.created" | "refund.processed" | "refund.failed" => Some(Self::Refund),
            "payout.pending" | "payout.queued" | "payout.initiated" | "payout.updated"
            | "payout.processed" | "payout.rejected" | "payout.failed" | "payout.reversed" => {
                Some(Self::Payout)
            }
            "payment.dispute.won" | "payment.dispute.closed" => Some(Self::Dispute(DisputeState::Won)),
            "payment.dispute.lost" => Some(Self::Dispute(DisputeState::Lost)),
            _ if name.starts_with("payment.dispute.") => Some(Self::Dispute(DisputeState::Opened)),
            _ => None,
        }
    }
}

#[derive(Deserialize)]
struct Of<Entity> {
    entity: Entity,
}

#[derive(Deserialize)]
struct OrderPaid {
    order: Of<OrderRecord>,
    payment: Of<PaymentRecord>,
}

#[derive(Deserialize)]
struct PaymentFailed {
    payment: Of<PaymentRecord>,
}

#[derive(Deserialize)]
struct RefundChanged {
    refund: Of<RefundRecord>,
}

#[derive(Deserialize)]
struct DisputeChanged {
    dispute: Of<DisputeNamed>,
}

#[derive(Deserialize)]
struct DisputeNamed {
    id: String,
}

#[derive(Deserialize)]
struct PayoutChanged {
    payout: Of<PayoutRecord>,
}
