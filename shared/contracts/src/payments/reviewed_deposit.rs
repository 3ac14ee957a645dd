//! What cashiers and auditors see of deposits.

use super::adjust::AgreementBody;
use super::review::{ApprovalBody, HistoryLineBody};
use crate::{Money, WaitingCursor};
use evens_payments::{
    Claim, DepositOrder, HistoryLine, OrderPosition, PaymentRefund, PaymentReturn, ReceivedPayment,
};
use serde::Serialize;
use utoipa::ToSchema;

/// `200` to `GET /api/operator/deposits/{orderId}`, and to what is decided about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReviewedDepositAnswer {
    /// The deposit.
    pub data: ReviewedDepositBody,
}

/// `200` to `GET /api/operator/deposits`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReviewedDepositListAnswer {
    /// The deposits, those first that wait for the longest.
    pub data: Vec<ReviewedDepositBody>,
    /// Whether there are more.
    pub has_more: bool,
    /// The cursor of the next page; null on the last one.
    pub next_cursor: Option<String>,
}

impl ReviewedDepositListAnswer {
    /// A page, and where the next one starts.
    pub fn new(data: Vec<ReviewedDepositBody>, next: Option<OrderPosition>) -> Self {
        let next_cursor = next.map(|after| WaitingCursor { after }.to_string());
        Self { data, has_more: next_cursor.is_some(), next_cursor }
    }
}

/// A deposit, as who decides about it sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReviewedDepositBody {
    /// Its id.
    pub order_id: String,
    /// Whose it is.
    pub user_id: u64,
    /// `CREATED`, `PENDING`, `COMPLETED`, `FAILED`, `EXPIRED`, `UNCLAIMED`, `RETURNED`, `CLAIMED`, `REFUNDED`,
    /// `DISPUTED` or `CHARGED_BACK`.
    pub state: &'static str,
    /// How much was agreed.
    pub amount: Money,
    /// The code of the currency.
    pub currency: String,
    /// Through whom it was to be paid.
    pub provider: String,
    /// The payment that came; null where none did.
    pub payment: Option<PaymentBody>,
    /// How far its payment has gone back; null where it is not to.
    pub refund: Option<PaymentRefundBody>,
    /// What of the money in suspense for it cashiers want to be the player's.
    pub claims: Vec<ClaimBody>,
    /// What came beside its own payment and goes back.
    pub returns: Vec<PaymentReturnBody>,
    /// What cashiers want and others must agree to.
    pub waiting: Vec<AgreementBody>,
    /// What has become of it, oldest first.
    pub history: Vec<HistoryLineBody>,
    /// When it was opened (RFC 3339).
    pub created_at: String,
}

/// A payment that came for a deposit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PaymentBody {
    /// Through whom.
    pub provider: String,
    /// What they call it.
    pub provider_id: String,
    /// How much.
    pub amount: Money,
    /// The code of the currency.
    pub currency: String,
    /// Why it was not credited, in a word; null where it was.
    pub unclaimed: Option<&'static str>,
}

/// A payment in suspense that cashiers want to be the player's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClaimBody {
    /// What the provider calls the payment.
    pub payment_id: String,
    /// Who has agreed to it.
    pub approvals: Vec<ApprovalBody>,
    /// Whether it is in the player's wallet.
    pub is_given: bool,
}

/// A payment that goes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PaymentRefundBody {
    /// Since when (RFC 3339).
    pub since: String,
    /// How often it was begun under a key of its own.
    pub attempt: u32,
    /// What the provider calls it; null until they have made it.
    pub provider_id: Option<String>,
}

/// A payment that came beside a deposit's own one, and goes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PaymentReturnBody {
    /// The payment.
    pub payment: PaymentBody,
    /// How far it has gone back.
    pub refund: PaymentRefundBody,
}

impl From<&PaymentReturn> for PaymentReturnBody {
    fn from(back: &PaymentReturn) -> Self {
        Self { payment: (&back.payment).into(), refund: (&back.refund).into() }
    }
}

impl From<&DepositOrder> for ReviewedDepositBody {
    fn from(order: &DepositOrder) -> Self {
        let terms = &order.terms;
        let line = |one: &HistoryLine| HistoryLineBody { at: one.at.to_string(), cause: one.cause.clone() };
        Self {
            order_id: terms.id.to_string(),
            user_id: terms.user.number(),
            state: order.state.into(),
            amount: terms.amount().into(),
            currency: terms.money.currency().code().to_owned(),
            provider: terms.provider.to_string(),
            payment: order.payment.as_ref().map(PaymentBody::from),
            refund: order.refund.as_ref().map(PaymentRefundBody::from),
            claims: order.claims.iter().map(ClaimBody::from).collect(),
            returns: order.returns.iter().map(PaymentReturnBody::from).collect(),
            waiting: order.agreements.iter().map(AgreementBody::from).collect(),
            history: order.history.lines().iter().map(line).collect(),
            created_at: terms.created_at.to_string(),
        }
    }
}

impl From<&ReceivedPayment> for PaymentBody {
    fn from(payment: &ReceivedPayment) -> Self {
        Self {
            provider: payment.provider.to_string(),
            provider_id: payment.id.to_string(),
            amount: payment.money.amount().into(),
            currency: payment.money.currency().code().to_owned(),
            unclaimed: payment.unclaimed.map(Into::into),
        }
    }
}

impl From<&Claim> for ClaimBody {
    fn from(claim: &Claim) -> Self {
        Self {
            payment_id: claim.payment.to_string(),
            approvals: claim.approvals.iter().map(ApprovalBody::from).collect(),
            is_given: claim.is_given,
        }
    }
}

impl From<&PaymentRefund> for PaymentRefundBody {
    fn from(refund: &PaymentRefund) -> Self {
        Self {
            since: refund.since.to_string(),
            attempt: refund.attempt,
            provider_id: refund.made.as_ref().map(ToString::to_string),
        }
    }
}
