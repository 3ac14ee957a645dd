//! Manual adjustments of a wallet, and pending acts on a player or a deposit that need more approvals.

use super::limits::OneOf;
use super::request::amount;
use super::review::{ApprovalBody, reason_schema};
use crate::http::route::RequestBody;
use crate::{Body, Money, Problem};
use evens_ledger::{Amount, Wallet};
use evens_payments::{
    ActReason, Adjustment, AdjustmentKind, Agreement, Currency, Money as Coins, PaymentsRecord,
};
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

impl AdjustWalletRequest {
    /// Parses the body. The amount is in the platform's currency.
    pub fn parse(bytes: &[u8], currency: Currency) -> Result<Self, Problem> {
        let body = Body::parse(bytes)?;
        let id = body.string("opId")?;
        let kind = body.string::<OneOf<AdjustmentKind>>("kind")?.0;
        let amount: Amount = body.number("amount")?;
        Coins::parse(amount, currency).map_err(|error| Problem::invalid("amount", error))?;
        Ok(Self { adjustment: Adjustment { id, kind, amount }, reason: body.string("reason")? })
    }
}

impl RequestBody for AdjustWalletRequest {
    const NAME: &'static str = "AdjustWalletRequest";

    fn schema() -> Value {
        let kinds: Vec<_> = AdjustmentKind::VARIANTS.iter().map(AsRef::as_ref).collect();
        let kind = json!({ "type": "string", "enum": kinds });
        json!({
            "type": "object",
            "required": ["opId", "kind", "amount", "reason"],
            "properties": { "opId": operation(), "kind": kind, "amount": amount(), "reason": reason_schema() },
        })
    }
}

fn operation() -> Value {
    json!({ "type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$" })
}

/// `200` to `POST /api/operator/users/{userId}/adjust`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AdjustedWalletAnswer {
    /// The state of the wallet.
    pub data: AdjustedWalletBody,
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

impl AdjustedWalletAnswer {
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
