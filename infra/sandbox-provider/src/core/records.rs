//! The provider's records of payments, refunds and payouts, and their tables.

use super::ids::{PaymentId, PayoutId, RefundId};
use super::names::named;
use super::values::{AccountNumber, Amount, Currency, Reference, ReturnUrl};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

named! {
    /// The status of a payment. A failed payment may still succeed.
    pub enum PaymentStatus {
        /// It is not paid yet.
        Open = "open",
        /// It is paid.
        Succeeded = "succeeded",
        /// An attempt to pay failed.
        Failed = "failed",
        /// It was paid, and the payer's bank reversed the part that was not refunded.
        Disputed = "disputed",
    }
}

named! {
    pub enum RefundStatus {
        /// Accepted, and the money has not left yet.
        Processing = "processing",
        /// The money has left.
        Processed = "processed",
        /// The money will not leave and belongs to the payment again.
        Failed = "failed",
    }
}

named! {
    pub enum PayoutStatus {
        /// Accepted.
        Queued = "queued",
        /// In progress, and no money has left yet.
        Processing = "processing",
        /// The money has left.
        Processed = "processed",
        /// The money will not leave.
        Failed = "failed",
        /// The money did not leave, or came back.
        Reversed = "reversed",
    }
}

/// A request for a payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenPayment {
    pub amount: Amount,
    pub currency: Currency,
    /// The caller's reference.
    pub reference: Reference,
    /// The payer's destination afterwards.
    pub return_url: Option<ReturnUrl>,
}

/// A request for a refund.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MakeRefund {
    pub payment: PaymentId,
    /// The amount in the payment's currency.
    pub amount: Amount,
}

/// A request for a payout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendPayout {
    pub amount: Amount,
    pub currency: Currency,
    /// The caller's reference.
    pub reference: Reference,
    pub account: AccountNumber,
}

/// An incoming payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    pub id: PaymentId,
    /// The requested amount. After success, the paid amount.
    pub amount: Amount,
    pub currency: Currency,
    /// The caller's reference.
    pub reference: Reference,
    /// The payer's destination afterwards.
    pub return_url: Option<ReturnUrl>,
    pub status: PaymentStatus,
    /// The sum of pending and processed refunds in minor units, without failed ones. At most the amount.
    pub amount_refunded: u64,
    pub opened_at: Timestamp,
    /// The time of the last change of status.
    pub changed_at: Timestamp,
}

/// A refund of a payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    pub id: RefundId,
    pub payment: PaymentId,
    pub amount: Amount,
    /// The currency of the payment.
    pub currency: Currency,
    /// The caller's reference of the payment.
    pub reference: Reference,
    pub status: RefundStatus,
    /// The time of the last change of status.
    pub changed_at: Timestamp,
}

/// An outgoing payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payout {
    pub id: PayoutId,
    pub amount: Amount,
    pub currency: Currency,
    /// The caller's reference.
    pub reference: Reference,
    pub account: AccountNumber,
    pub status: PayoutStatus,
    pub accepted_at: Timestamp,
    /// The time of the last change of status.
    pub changed_at: Timestamp,
}

impl Payment {
    pub(super) fn opened(id: PaymentId, request: &OpenPayment, at: Timestamp) -> Self {
        let OpenPayment { amount, currency, reference, return_url } = request.clone();
        Self {
            id,
            amount,
            currency,
            reference,
            return_url,
            status: PaymentStatus::Open,
            amount_refunded: 0,
            opened_at: at,
            changed_at: at,
        }
    }

    /// Minor units without pending or processed refunds.
    pub fn amount_left(&self) -> u64 {
        match self.status {
            PaymentStatus::Succeeded => self.amount.units() - self.amount_refunded,
            PaymentStatus::Open | PaymentStatus::Failed | PaymentStatus::Disputed => 0,
        }
    }
}

impl Refund {
    pub(super) fn accepted(id: RefundId, of: &Payment, amount: Amount, at: Timestamp) -> Self {
        let (payment, currency, reference) = (of.id, of.currency, of.reference.clone());
        let status = RefundStatus::Processing;
        Self { id, payment, amount, currency, reference, status, changed_at: at }
    }
}

impl Payout {
    pub(super) fn accepted(id: PayoutId, request: &SendPayout, at: Timestamp) -> Self {
        let SendPayout { amount, currency, reference, account } = request.clone();
        let status = PayoutStatus::Queued;
        Self { id, amount, currency, reference, account, status, accepted_at: at, changed_at: at }
    }
}

/// Records by id, and ids by reference in the order of creation. Records are never removed.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound(serialize = "Id: Serialize + Ord, Record: Serialize"))]
#[serde(bound(deserialize = "Id: Deserialize<'de> + Ord, Record: Deserialize<'de>"))]
pub(super) struct Records<Id, Record> {
    by_id: BTreeMap<Id, Record>,
    ids_by_reference: BTreeMap<Reference, Vec<Id>>,
}

impl<Id, Record> Default for Records<Id, Record> {
    fn default() -> Self {
        Self { by_id: BTreeMap::new(), ids_by_reference: BTreeMap::new() }
    }
}

impl<Id: Copy + Ord, Record> Records<Id, Record> {
    /// Inserts a record. Panics if the id exists, which would be a bug in its generator.
    pub(super) fn insert(&mut self, id: Id, reference: &Reference, record: Record) {
        assert!(!self.by_id.contains_key(&id), "ids are drawn so that no two are the same");
        self.by_id.insert(id, record);
        self.ids_by_reference.entry(reference.clone()).or_default().push(id);
    }

    pub(super) fn get(&self, id: Id) -> Option<&Record> {
        self.by_id.get(&id)
    }

    pub(super) fn get_mut(&mut self, id: Id) -> Option<&mut Record> {
        self.by_id.get_mut(&id)
    }

    pub(super) fn of_reference<'a>(&'a self, reference: &Reference) -> impl Iterator<Item = &'a Record> {
        let ids = self.ids_by_reference.get(reference).map_or(&[][..], Vec::as_slice);
        ids.iter().filter_map(|id| self.by_id.get(id))
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Record> {
        self.by_id.values()
    }
}
