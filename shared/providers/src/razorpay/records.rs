//! Razorpay's records of orders, payments, refunds and payouts, and the reports made from them. Unused fields are not
//! parsed.

use super::payout_mode::AccountKind;
use crate::values::{self, WrongField};
use evens_ledger::ProviderName;
use evens_payments::{
    Dispute, DisputeState, Money, OrderId, PaymentReport, PaymentState, PayoutReport, PayoutState,
    RefundReport, ReportSource,
};
use jiff::Timestamp;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

/// A list of records.
#[derive(Deserialize)]
pub(super) struct Collection<Item> {
    pub(super) items: Vec<Item>,
}

/// The order that a report is about, and the source of the report.
#[derive(Clone, Copy)]
pub(super) struct About<'a> {
    pub(super) provider: &'a ProviderName,
    pub(super) reference: OrderId,
    pub(super) at: Option<Timestamp>,
    pub(super) source: ReportSource,
}

/// The notes that we attach to our records.
#[derive(Serialize)]
pub(super) struct OurNotes {
    order: String,
}

impl OurNotes {
    pub(super) fn of(order: OrderId) -> Self {
        Self { order: order.to_string() }
    }
}

/// Notes in an answer: `[]` if there are none, or any JSON that others wrote.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Notes {
    Ours { order: String },
    Others(IgnoredAny),
}

impl Notes {
    /// Our order id, if the notes contain one.
    pub(super) fn reference(notes: Option<&Self>) -> Option<OrderId> {
        match notes? {
            Self::Ours { order } => values::reference(Some(order)),
            Self::Others(IgnoredAny) => None,
        }
    }
}

/// A Razorpay order. It stays payable after a failed attempt.
#[derive(Deserialize)]
pub(super) struct OrderRecord {
    pub(super) id: String,
    amount: u64,
    currency: String,
    receipt: Option<String>,
    status: String,
    pub(super) created_at: i64,
}

impl OrderRecord {
    pub(super) fn reference(&self) -> Option<OrderId> {
        values::reference(self.receipt.as_deref())
    }

    pub(super) fn money(&self) -> Result<Money, WrongField> {
        values::money(self.amount, &self.currency)
    }

    /// The order as an open payment, or `None` once it is paid.
    pub(super) fn open(&self, about: About<'_>) -> Result<Option<PaymentReport>, WrongField> {
        match self.status.as_str() {
            "created" | "attempted" => {
                payment_report(&self.id, self.money()?, PaymentState::Open, about).map(Some)
            }
            "paid" => Ok(None),
            _ => Err(WrongField("status")),
        }
    }
}

/// An attempt to pay.
#[derive(Deserialize)]
pub(super) struct PaymentRecord {
    pub(super) id: String,
    amount: u64,
    amount_refunded: Option<u64>,
    currency: String,
    status: String,
    pub(super) order_id: Option<String>,
    pub(super) notes: Option<Notes>,
    pub(super) created_at: i64,
}

impl PaymentRecord {
    /// The payment, less its refunds: crediting refunded money would give it away.
    pub(super) fn report(&self, about: About<'_>) -> Result<PaymentReport, WrongField> {
        let refunded = self.amount_refunded.unwrap_or_default();
        let left = self.amount.checked_sub(refunded).ok_or(WrongField("amount_refunded"))?;
        let (state, units) = match self.status.as_str() {
            "created" | "authorized" => (PaymentState::Open, self.amount),
            "captured" if left > 0 => (PaymentState::Paid, left),
            "captured" | "refunded" | "failed" => (PaymentState::Failed, self.amount),
            _ => return Err(WrongField("status")),
        };
        payment_report(&self.id, values::money(units, &self.currency)?, state, about)
    }

    /// The payment as a failed one.
    pub(super) fn failure(&self, about: About<'_>) -> Result<PaymentReport, WrongField> {
        if self.status == "failed" { self.report(about) } else { Err(WrongField("status")) }
    }

    /// Returns `true` if its money arrived, even if it was refunded later. Other attempts add nothing to the state of
    /// the order.
    pub(super) fn has_come(&self) -> bool {
        matches!(self.status.as_str(), "captured" | "refunded")
    }
}

fn payment_report(
    id: &str,
    money: Money,
    state: PaymentState,
    about: About<'_>,
) -> Result<PaymentReport, WrongField> {
    let About { provider, reference, at, source } = about;
    let (provider, id) = (provider.clone(), values::provider_id(id)?);
    Ok(PaymentReport { provider, id, reference, money, state, at, source })
}

/// A payer's claim for their money back.
#[derive(Deserialize)]
pub(super) struct DisputeRecord {
    pub(super) id: String,
    pub(super) payment_id: String,
    amount: u64,
    currency: String,
    status: String,
}

impl DisputeRecord {
    /// The dispute about that order of ours. A closed dispute took nothing.
    pub(super) fn dispute(&self, provider: &ProviderName, reference: OrderId) -> Result<Dispute, WrongField> {
        let state = match self.status.as_str() {
            "open" | "under_review" => DisputeState::Opened,
            "won" | "closed" => DisputeState::Won,
            "lost" => DisputeState::Lost,
            _ => return Err(WrongField("status")),
        };
        let (provider, id) = (provider.clone(), self.id.parse().map_err(|_| WrongField("id"))?);
        let payment = values::provider_id(&self.payment_id)?;
        let money = values::money(self.amount, &self.currency)?;
        Ok(Dispute { provider, id, reference, payment, money, state })
    }
}

/// A full or partial refund of a payment.
#[derive(Deserialize)]
pub(super) struct RefundRecord {
    id: String,
    amount: u64,
    currency: String,
    pub(super) payment_id: String,
    pub(super) receipt: Option<String>,
    pub(super) notes: Option<Notes>,
    status: String,
}

impl RefundRecord {
    /// Returns `true` if it refunds, or has refunded, this amount.
    pub(super) fn gives_back(&self, paise: i128) -> bool {
        i128::from(self.amount) == paise && self.status != "failed"
    }

    pub(super) fn report(&self, about: About<'_>) -> Result<RefundReport, WrongField> {
        let state = match self.status.as_str() {
            "pending" => PayoutState::Processing,
            "processed" => PayoutState::Paid,
            "failed" => PayoutState::Failed,
            _ => return Err(WrongField("status")),
        };
        let About { provider, reference, source, .. } = about;
        let (provider, id) = (provider.clone(), values::provider_id(&self.id)?);
        let money = values::money(self.amount, &self.currency)?;
        Ok(RefundReport { provider, id, reference, money, state, source })
    }
}

/// An account that Razorpay can pay to.
#[derive(Deserialize)]
pub(super) struct FundAccountRecord {
    pub(super) account_type: AccountKind,
}

#[derive(Deserialize)]
pub(super) struct PayoutRecord {
    pub(super) id: String,
    amount: u64,
    currency: String,
    reference_id: Option<String>,
    status: String,
    pub(super) created_at: i64,
}

impl PayoutRecord {
    pub(super) fn reference(&self) -> Option<OrderId> {
        values::reference(self.reference_id.as_deref())
    }

    /// No state is final: `processed` can become `reversed` days later, and `reversed` can become `failed`.
    pub(super) fn report(&self, about: About<'_>) -> Result<PayoutReport, WrongField> {
        let state = match self.status.as_str() {
            "queued" | "pending" | "scheduled" | "processing" => PayoutState::Processing,
            "processed" => PayoutState::Paid,
            "failed" | "rejected" | "cancelled" => PayoutState::Failed,
            "reversed" => PayoutState::Returned,
            _ => return Err(WrongField("status")),
        };
        let About { provider, reference, at, source } = about;
        let (provider, id) = (provider.clone(), values::provider_id(&self.id)?);
        let money = values::money(self.amount, &self.currency)?;
        Ok(PayoutReport { provider, id, reference, money, state, at, source })
    }
}
