//! A wallet that is put right by hand, and what of a player or a deposit waits for another cashier's agreement.

use super::limits::OneOf;
use super::request::amount;
use super::review::{ApprovalBody, reason_schema};
use crate::http::route::RequestBody;
use crate::{Body, Money, Problem};
use evens_ledger::{Amount, Wallet};
use evens_payments::{ActReason, Adjustment, AdjustmentKind, Agreement, Cashier, Currency, Money as Coins};
use serde::Serialize;
use serde_json::{Value, json};
use strum::VariantArray;
use utoipa::ToSchema;

/// `POST /api/operator/users/{userId}/adjust`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdjustWalletRequest {
    /// The adjustment with its id.
    pub adjustment: Adjustment,
    /// The reason.
    pub reason: ActReason,
}

impl AdjustWalletRequest {
    /// Reads the body; the amount is one of the platform's currency.
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

/// A wallet after a requested or completed adjustment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AdjustedWalletBody {
    /// The player.
    pub user_id: u64,
    /// The balance of the wallet.
    pub balance: Money,
    /// Requests that await other cashiers.
    pub waiting: Vec<AgreementBody>,
}

impl AdjustedWalletAnswer {
    /// The wallet of that player.
    pub fn new(cashier: &Cashier, wallet: &Wallet) -> Self {
        let waiting = cashier.agreements.iter().map(AgreementBody::from).collect();
        let balance = wallet.balance.into();
        Self { data: AdjustedWalletBody { user_id: cashier.user.number(), balance, waiting } }
    }
}

/// A cashier's request that other cashiers must approve within a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AgreementBody {
    /// The request, such as `write-off 100`, `release`, `identity verified`, `refund`, `return`, `free {payeeId} for
    /// {userId}` or `adjust {opId}: credit 30, {reason}`.
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
