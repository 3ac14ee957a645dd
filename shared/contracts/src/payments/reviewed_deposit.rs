//! What cashiers and auditors see of deposits.

use super::adjust::AgreementBody;
use super::review::{ApprovalBody, HistoryLineBody};
use crate::{Money, WaitingCursor};
use evens_payments::{
    Claim, DepositOrder, HistoryLine, OrderPosition, PaymentRefund, PaymentReturn, ReceivedPayment,
};
use serde::Serialize;
use utoipa::ToSchema;

/// `200` to `GET /api/operator/deposits/{orderId}`, and to decisions about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReviewedDepositAnswer {
    /// The deposit.
    pub data: ReviewedDepositBody,
}

/// `200` to `GET /api/operator/deposits`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReviewedDepositListAnswer {
    /// The deposits, longest waiting first.
    pub data: Vec<ReviewedDepositBody>,
    /// True if there are more.
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

/// A deposit with the details that cashiers see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReviewedDepositBody {
    /// Its id.
    pub order_id: String,
    /// The player.
    pub user_id: u64,
    /// `CREATED`, `PENDING`, `COMPLETED`, `FAILED`, `EXPIRED`, `UNCLAIMED`, `RETURNED`, `CLAIMED`, `REFUNDED`,
    /// `DISPUTED` or `CHARGED_BACK`.
    pub state: &'static str,
    /// The amount of the deposit.
    pub amount: Money,
    /// The code of the currency.
    pub currency: String,
    /// The payment provider.
    pub provider: String,
    /// The payment received. Null if there is none.
    pub payment: Option<PaymentBody>,
    /// The state of the payment's return. Null: it is not being returned.
    pub refund: Option<PaymentRefundBody>,
    /// Payments in suspense that cashiers want to credit to the player.
    pub claims: Vec<ClaimBody>,
    /// Additional payments that are being returned.
    pub returns: Vec<PaymentReturnBody>,
    /// Requests that await other cashiers.
    pub waiting: Vec<AgreementBody>,
    /// The history, oldest first.
    pub history: Vec<HistoryLineBody>,
    /// The time of creation (RFC 3339).
    pub created_at: String,
}

/// A payment received for a deposit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PaymentBody {
    /// The payment provider.
    pub provider: String,
    /// The provider's id.
    pub provider_id: String,
    /// The amount.
    pub amount: Money,
    /// The code of the currency.
    pub currency: String,
    /// The reason why it was not credited, as one word. Null if it was credited.
    pub unclaimed: Option<&'static str>,
}

/// A payment in suspense that cashiers want to credit to the player.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClaimBody {
    /// The provider's id of the payment.
    pub payment_id: String,
    /// The approvals so far.
    pub approvals: Vec<ApprovalBody>,
    /// True if it is in the player's wallet.
    pub is_given: bool,
}

/// The return of a payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PaymentRefundBody {
    /// The start (RFC 3339).
    pub since: String,
    /// The number of attempts with a new idempotency key.
    pub attempt: u32,
    /// The provider's id. Null before the provider has created it.
    pub provider_id: Option<String>,
}

/// An additional payment of a deposit that is returned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PaymentReturnBody {
    /// The payment.
    pub payment: PaymentBody,
    /// The state of the return.
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
