//! Withdrawals as cashiers and auditors see them, the decisions of cashiers, and the audit log.

use super::adjust::AgreementBody;
use crate::http::request::request;
use crate::{Body, Data, HashedTime, Money, OrderCursor, Time, WaitingCursor};
use evens_audit_log::AuditLine;
use evens_payments::{
    ActReason, Approval, HistoryLine, OrderPosition, PaymentsRecord, Resolution, WithdrawalOrder,
};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

/// `POST /api/operator/withdrawals/{orderId}/approve`, `reject`, `retry` and `give-back`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionRequest {
    /// The reason.
    pub reason: ActReason,
}

request! {
    DecisionRequest {
        reason: required "reason", Body::optional_string, reason();
    }
}

/// The reason for an act, as JSON Schema.
pub(crate) fn reason() -> Value {
    let length = ActReason::LENGTH_MAX;
    let description = "At least one visible character; no control or invisible characters";
    json!({ "type": "string", "format": "reason", "minLength": 1, "maxLength": length, "description": description })
}

/// `200` to `GET /api/operator/withdrawals` and `GET /api/operator/users/{userId}/withdrawals`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReviewedWithdrawalListAnswer {
    /// The withdrawals, the longest waiting first; ended ones and those of a player newest first.
    pub data: Vec<ReviewedWithdrawalBody>,
    /// `true` if there are more.
    pub has_more: bool,
    /// Start of the next page; null on the last page.
    pub next_cursor: Option<String>,
}

impl ReviewedWithdrawalListAnswer {
    /// A page, and the start of the next one.
    pub fn new(data: Vec<ReviewedWithdrawalBody>, next: Option<OrderPosition>) -> Self {
        Self::of(data, next.map(|after| WaitingCursor { after }.to_string()))
    }

    /// A page of ended withdrawals or of a player's, newest first. The next page starts before `next`.
    pub fn newest_first(data: Vec<ReviewedWithdrawalBody>, next: Option<OrderPosition>) -> Self {
        Self::of(data, next.map(|before| OrderCursor { before }.to_string()))
    }

    fn of(data: Vec<ReviewedWithdrawalBody>, next_cursor: Option<String>) -> Self {
        Self { data, has_more: next_cursor.is_some(), next_cursor }
    }
}

/// A withdrawal as cashiers and auditors see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReviewedWithdrawalBody {
    /// The order id.
    pub order_id: String,
    /// The player.
    pub user_id: u64,
    /// `HELD`, `APPROVED`, `PROCESSING`, `COMPLETED`, `FAILED`, `REJECTED`, `CANCELLED` or `RETURNED`.
    pub state: &'static str,
    /// The amount.
    pub amount: Money,
    /// The currency code.
    pub currency: String,
    /// The payee.
    pub payee_id: String,
    /// The reasons for which it was held: `large`, `four-eyes`, `new-payee`, `new-password`, `first-withdrawal`,
    /// `many-open`, `day-sum`, `owes`, `account-held`, `identity` or `turnover-missing`.
    pub hold_reasons: Vec<&'static str>,
    /// The approvals so far.
    pub approvals: Vec<ApprovalBody>,
    /// Number of approvals needed.
    pub approvals_needed: usize,
    /// The provider of the payout.
    pub provider: String,
    /// The provider's id of the payout; null if it is unknown.
    pub provider_id: Option<String>,
    /// Number of sending attempts, each with its own idempotency key; null before the first one.
    pub attempt: Option<u32>,
    /// Time since which it is stopped (RFC 3339), because its player is held or owes money and its approvers did not
    /// know. Cashiers decide whether it is sent again or returned. Null if it is not stopped, or after their decision
    /// (`resolution`).
    pub stopped_since: Option<Time>,
    /// The cashiers' decision about a payout without a result; null if there is none.
    pub resolution: Option<ResolutionBody>,
    /// Its history, oldest first.
    pub history: Vec<HistoryLineBody>,
    /// Time of the request (RFC 3339).
    pub created_at: Time,
}

/// An approval of a cashier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ApprovalBody {
    /// The cashier.
    pub by: u64,
    /// Time of the approval (RFC 3339).
    pub at: Time,
}

/// The cashiers' decision about a payout without a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResolutionBody {
    /// `retry` or `give-back`.
    pub kind: &'static str,
    /// The approvals so far.
    pub approvals: Vec<ApprovalBody>,
    /// Time since which it is not sent (RFC 3339).
    pub since: Time,
    /// Time at which the decision is carried out, if the provider has no record of the payout then (RFC 3339); null
    /// while approvals are missing.
    pub due_at: Option<Time>,
}

/// A line of an order's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct HistoryLineBody {
    /// Time of the event by our clock (RFC 3339).
    pub at: Time,
    /// The event.
    pub cause: String,
}

impl ReviewedWithdrawalBody {
    /// A withdrawal that needs this number of approvals.
    pub fn new(order: &WithdrawalOrder, approvals_needed: usize) -> Self {
        let (terms, wanted) = (&order.terms, order.resolution.as_ref());
        let line = |one: &HistoryLine| HistoryLineBody { at: one.at.into(), cause: one.cause.clone() };
        Self {
            order_id: terms.id.to_string(),
            user_id: terms.user.number(),
            state: order.state.into(),
            amount: terms.amount().into(),
            currency: terms.money.currency().code().to_owned(),
            payee_id: order.payee.to_string(),
            hold_reasons: order.hold_reasons.iter().map(|reason| (*reason).into()).collect(),
            approvals: order.approvals.iter().map(ApprovalBody::from).collect(),
            approvals_needed,
            provider: terms.provider.to_string(),
            provider_id: order.provider_id.as_ref().map(ToString::to_string),
            attempt: order.attempt.map(|attempt| attempt.number),
            stopped_since: wanted.and_then(Resolution::stopped_since).map(Time::from),
            resolution: wanted.and_then(ResolutionBody::of),
            history: order.history.lines().iter().map(line).collect(),
            created_at: terms.created_at.into(),
        }
    }
}

impl From<&Approval> for ApprovalBody {
    fn from(approval: &Approval) -> Self {
        Self { by: approval.by.number(), at: approval.at.into() }
    }
}

impl ResolutionBody {
    /// Returns `None` if there is no decision.
    fn of(resolution: &Resolution) -> Option<Self> {
        Some(Self {
            kind: resolution.kind?.into(),
            approvals: resolution.approvals.iter().map(ApprovalBody::from).collect(),
            since: resolution.since.into(),
            due_at: resolution.due_at.map(Time::from),
        })
    }
}

/// A player's debt, and the hold on their withdrawals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlayerDebtBody {
    /// The player.
    pub user_id: u64,
    /// The debt.
    pub owed: Money,
    /// `true` if every withdrawal is held for a cashier.
    pub is_held: bool,
    /// Pending acts that need more approvals.
    pub waiting: Vec<AgreementBody>,
}

impl From<&PaymentsRecord> for Data<PlayerDebtBody> {
    fn from(record: &PaymentsRecord) -> Self {
        let PaymentsRecord { user, owed, is_held, agreements, .. } = record;
        let waiting = agreements.iter().map(AgreementBody::from).collect();
        let data =
            PlayerDebtBody { user_id: user.number(), owed: (*owed).into(), is_held: *is_held, waiting };
        Self { data }
    }
}

/// `200` to `GET /api/operator/audit`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditLineListAnswer {
    /// The lines of the day, oldest first, 100 per page.
    pub data: Vec<AuditLineBody>,
    /// The number after which the next page starts; null on the last page.
    pub next_after: Option<u64>,
}

/// A line of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditLineBody {
    /// 1 for the first line, then without gaps over all days.
    pub number: u64,
    /// Time of the act (RFC 3339).
    pub at: HashedTime,
    /// The number of the token's user, `command-line` for a command, or `schedule` for the platform itself.
    pub actor: String,
    /// The act.
    pub action: &'static str,
    /// The order or user concerned.
    pub subject: String,
    /// The reason, in the words of the actor.
    pub reason: String,
    /// The state before.
    pub before: String,
    /// The state afterwards.
    pub after: String,
    /// Hash of the previous line.
    pub previous_hash: String,
    /// Hash of this line.
    pub hash: String,
}

impl From<&AuditLine> for AuditLineBody {
    fn from(line: &AuditLine) -> Self {
        let act = &line.act;
        Self {
            number: line.number,
            at: line.at.into(),
            actor: act.actor.to_string(),
            action: act.action.into(),
            subject: act.subject.clone(),
            reason: act.reason.clone(),
            before: act.before.clone(),
            after: act.after.clone(),
            previous_hash: line.previous_hash.to_string(),
            hash: line.hash.to_string(),
        }
    }
}
