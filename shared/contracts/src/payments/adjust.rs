//! Manual adjustments of a wallet, and pending acts on a player or a deposit that need more approvals.

use super::limits::{one_of, words};
use super::request::{amount, money};
use super::review::{ApprovalBody, reason};
use crate::http::request::request;
use crate::{Body, Data, Money};
use evens_ledger::Wallet;
use evens_payments::{ActReason, Adjustment, AdjustmentKind, Agreement, Currency, PaymentsRecord};
use serde::Serialize;
use serde_json::{Value, json};
use strum::VariantArray;
use utoipa::ToSchema;

/// `POST /api/operator/users/{userId}/adjust`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdjustWalletRequest {
    /// The adjustment with its operation id.
    pub adjustment: Adjustment,
    /// The reason.
    pub reason: ActReason,
}

request! {
    AdjustWalletRequest(currency: Currency) {
        id: required "opId", Body::optional_string, operation();
        kind: required "kind", one_of, json!({ "type": "string", "enum": words(AdjustmentKind::VARIANTS) });
        money: required "amount", |body, field| money(body, field, currency), amount();
        reason: required "reason", Body::optional_string, reason();
    }
    => Self { adjustment: Adjustment { id, kind, amount: money.amount() }, reason }
}

fn operation() -> Value {
    json!({ "type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$" })
}

/// A wallet after a request to adjust it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AdjustedWalletBody {
    /// The player.
    pub user_id: u64,
    /// The wallet's balance.
    pub balance: Money,
    /// Pending acts that need more approvals.
    pub waiting: Vec<AgreementBody>,
}

impl Data<AdjustedWalletBody> {
    /// The wallet of the player of this payments record.
    pub fn new(record: &PaymentsRecord, wallet: &Wallet) -> Self {
        let waiting = record.agreements.iter().map(AgreementBody::from).collect();
        let balance = wallet.balance.into();
        Self { data: AdjustedWalletBody { user_id: record.user.number(), balance, waiting } }
    }
}

/// An act of a cashier that needs the approval of others within a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AgreementBody {
    /// The act, such as `write-off 100`, `release`, `identity verified`, `refund`, `return`,
    /// `free {payeeId} for {userId}` or `adjust {opId}: credit 30, {reason}`.
    pub wanted: String,
    /// The approvals so far.
    pub approvals: Vec<ApprovalBody>,
}

impl From<&Agreement> for AgreementBody {
    fn from(agreement: &Agreement) -> Self {
        let approvals = agreement.approvals.iter().map(ApprovalBody::from).collect();
        Self { wanted: agreement.wanted.clone(), approvals }
    }
}
