//! What the provider keeps of payments, refunds and payouts, and the tables they stand in.

use super::ids::{PaymentId, PayoutId, RefundId};
use super::names::named;
use super::values::{AccountNumber, Amount, Currency, Reference, ReturnUrl};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

named! {
    /// Where a payment stands. What failed may still succeed.
    pub enum PaymentStatus {
        /// Nobody has paid yet.
        Open = "open",
        /// The money came.
        Succeeded = "succeeded",
        /// An attempt to pay failed.
        Failed = "failed",
        /// The money came, and the payer's bank took back what was not refunded.
        Disputed = "disputed",
    }
}

named! {
    /// Where a refund stands.
    pub enum RefundStatus {
        /// Accepted; the money has not left yet.
        Processing = "processing",
        /// The money has left.
        Processed = "processed",
        /// The money will not leave: it is the payment's again.
        Failed = "failed",
    }
}

named! {
    /// Where a payout stands.
    pub enum PayoutStatus {
        /// Accepted.
        Queued = "queued",
        /// On its way; no money has left yet.
        Processing = "processing",
        /// The money has left.
        Processed = "processed",
        /// It will not leave.
        Failed = "failed",
        /// It did not leave, or came back.
        Reversed = "reversed",
    }
}

/// A payment that is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenPayment {
    /// How much.
    pub amount: Amount,
    /// Of which currency.
    pub currency: Currency,
    /// What the caller calls it.
    pub reference: Reference,
    /// Where the payer goes afterwards.
    pub return_url: Option<ReturnUrl>,
}

/// A refund that is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MakeRefund {
    /// Of which payment.
    pub payment: PaymentId,
    /// How much, in the currency of the payment.
    pub amount: Amount,
}

/// A payout that is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendPayout {
    /// How much.
    pub amount: Amount,
    /// Of which currency.
    pub currency: Currency,
    /// What the caller calls it.
    pub reference: Reference,
    /// Where to.
    pub account: AccountNumber,
}

/// Money that comes in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// The provider's name of it.
    pub id: PaymentId,
    /// What is to be paid; once it succeeded, what was paid.
    pub amount: Amount,
    /// Of which currency.
    pub currency: Currency,
    /// What the caller calls it.
    pub reference: Reference,
    /// Where the payer goes afterwards.
    pub return_url: Option<ReturnUrl>,
    /// Where it stands.
    pub status: PaymentStatus,
    /// Minor units that go back by refunds, also those that are still on their way, but not those that failed; at most
    /// the amount.
    pub amount_refunded: u64,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When its status changed last.
    pub changed_at: Timestamp,
}

/// Money of a payment that goes back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// The provider's name of it.
    pub id: RefundId,
    /// Of which payment.
    pub payment: PaymentId,
    /// How much.
    pub amount: Amount,
    /// The currency of the payment.
    pub currency: Currency,
    /// What the caller calls the payment.
    pub reference: Reference,
    /// Where it stands.
    pub status: RefundStatus,
    /// When its status changed last.
    pub changed_at: Timestamp,
}

/// Money that goes out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payout {
    /// The provider's name of it.
    pub id: PayoutId,
    /// How much.
    pub amount: Amount,
    /// Of which currency.
    pub currency: Currency,
    /// What the caller calls it.
    pub reference: Reference,
    /// Where to.
    pub account: AccountNumber,
    /// Where it stands.
    pub status: PayoutStatus,
    /// When it was accepted.
    pub accepted_at: Timestamp,
    /// When its status changed last.
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

    /// Minor units that neither went back nor are on their way back.
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

/// Records by id, and their ids by reference, earlier ones first. None is ever taken out.
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
    /// Puts a record in. An id that is there already would be a fault of whoever draws ids.
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
