//! Deposits as cashiers and auditors see them.

use super::adjust::AgreementBody;
use super::review::{ApprovalBody, HistoryLineBody};
use crate::{Money, OrderCursor, Time, WaitingCursor};
use evens_payments::{
    Claim, DepositOrder, HistoryLine, OrderPosition, PaymentRefund, PaymentReturn, ReceivedPayment,
};
use serde::Serialize;
use utoipa::ToSchema;

/// `200` to `GET /api/operator/deposits` and `GET /api/operator/users/{userId}/deposits`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReviewedDepositListAnswer {
    /// The deposits, the longest waiting first; those of a player newest first.
    pub data: Vec<ReviewedDepositBody>,
    /// `true` if there are more.
    pub has_more: bool,
    /// Start of the next page; null on the last page.
    pub next_cursor: Option<String>,
}

impl ReviewedDepositListAnswer {
    /// A page, and the start of the next one.
    pub fn new(data: Vec<ReviewedDepositBody>, next: Option<OrderPosition>) -> Self {
        Self::of(data, next.map(|after| WaitingCursor { after }.to_string()))
    }

    /// A page of a player's deposits, newest first. The next page starts before `next`.
    pub fn of_player(data: Vec<ReviewedDepositBody>, next: Option<OrderPosition>) -> Self {
        Self::of(data, next.map(|before| OrderCursor { before }.to_string()))
    }

    fn of(data: Vec<ReviewedDepositBody>, next_cursor: Option<String>) -> Self {
        Self { data, has_more: next_cursor.is_some(), next_cursor }
    }
}

/// A deposit as cashiers and auditors see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReviewedDepositBody {
    /// The order id.
    pub order_id: String,
    /// The player.
    pub user_id: u64,
    /// `CREATED`, `PENDING`, `COMPLETED`, `FAILED`, `EXPIRED`, `UNCLAIMED`, `RETURNED`, `CLAIMED`, `REFUNDED`,
    /// `DISPUTED` or `CHARGED_BACK`.
    pub state: &'static str,
    /// The agreed amount.
    pub amount: Money,
    /// The currency code.
    pub currency: String,
    /// The provider.
    pub provider: String,
    /// The payment; null if none arrived.
    pub payment: Option<PaymentBody>,
    /// The refund of its payment; null if there is none.
    pub refund: Option<PaymentRefundBody>,
    /// Claims of cashiers that money in suspense belongs to the player.
    pub claims: Vec<ClaimBody>,
    /// Refunds of further payments that arrived for the order.
    pub returns: Vec<PaymentReturnBody>,
    /// Pending acts that need more approvals.
    pub waiting: Vec<AgreementBody>,
    /// Its history, oldest first.
    pub history: Vec<HistoryLineBody>,
    /// Time of opening (RFC 3339).
    pub created_at: Time,
}

/// A payment for a deposit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PaymentBody {
    /// The provider.
    pub provider: String,
    /// The provider's id of the payment.
    pub provider_id: String,
    /// The amount.
    pub amount: Money,
    /// The currency code.
    pub currency: String,
    /// The reason for which it was not credited; null if it was.
    pub unclaimed: Option<&'static str>,
}

/// A claim of cashiers that a payment in suspense belongs to the player.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClaimBody {
    /// The provider's id of the payment.
    pub payment_id: String,
    /// The approvals so far.
    pub approvals: Vec<ApprovalBody>,
    /// `true` if the amount was credited to the player's wallet.
    pub is_given: bool,
}

/// The refund of a payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PaymentRefundBody {
    /// Start of the refund (RFC 3339).
    pub since: Time,
    /// Number of attempts, each with its own idempotency key.
    pub attempt: u32,
    /// The provider's id of the refund; null until the provider has made it.
    pub provider_id: Option<String>,
}

/// The refund of a further payment that arrived for the order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PaymentReturnBody {
    /// The payment.
    pub payment: PaymentBody,
    /// The refund.
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
        let line = |one: &HistoryLine| HistoryLineBody { at: one.at.into(), cause: one.cause.clone() };
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
            created_at: terms.created_at.into(),
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
            since: refund.since.into(),
            attempt: refund.attempt,
            provider_id: refund.made.as_ref().map(ToString::to_string),
        }
    }
}
