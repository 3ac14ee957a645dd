//! A bank account that one player is paid to and another one says is theirs: what cashiers see of it, and that it is
//! freed.

use super::adjust::AgreementBody;
use super::review::reason_schema;
use crate::http::route::RequestBody;
use crate::{Body, Problem};
use evens_ledger::UserId;
use evens_payments::{AccountMask, ActReason, Cashier, PayeeId};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

/// `POST /api/operator/payees/{reference}/free`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FreeAccountRequest {
    /// The player for whom the account is reserved.
    pub claimant: UserId,
    /// The reason.
    pub reason: ActReason,
}

impl FreeAccountRequest {
    /// Reads the body.
    pub fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        let body = Body::parse(bytes)?;
        let missing = || Problem::invalid("userId", "is missing");
        let claimant = body.optional_whole("userId")?.ok_or_else(missing)?;
        Ok(Self { claimant, reason: body.string("reason")? })
    }
}

impl RequestBody for FreeAccountRequest {
    const NAME: &'static str = "FreeAccountRequest";

    fn schema() -> Value {
        let user = json!({ "type": "integer", "minimum": 1, "maximum": i64::MAX });
        json!({
            "type": "object",
            "required": ["userId", "reason"],
            "properties": { "userId": user, "reason": reason_schema() },
        })
    }
}

/// `200` to `GET /api/operator/payees/{reference}`, and to `…/free`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct KnownAccountAnswer {
    /// The account.
    pub data: KnownAccountBody,
}

/// A current or former bank account of a player.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct KnownAccountBody {
    /// The reference in the problem `payee-taken`. It reveals nothing about the account number.
    pub reference: String,
    /// The current or last owner.
    pub user_id: u64,
    /// The payee's id.
    pub payee_id: String,
    /// The last four characters of its number. Null if it was added before they were recorded.
    pub mask: Option<String>,
    /// The time since which the account has no owner (RFC 3339). Null if it has one.
    pub freed_at: Option<String>,
    /// The player for whom the account is reserved. Null if it is not reserved or has an owner.
    pub kept_for: Option<u64>,
    /// Requests about the account's owner that await other cashiers.
    pub waiting: Vec<AgreementBody>,
}

impl KnownAccountBody {
    /// The account of that reference, which its holder has as that payee.
    pub fn new(
        reference: &impl ToString,
        payee: &PayeeId,
        mask: Option<&AccountMask>,
        (freed_at, kept_for): (Option<Timestamp>, Option<UserId>),
        holder: &Cashier,
    ) -> Self {
        Self {
            reference: reference.to_string(),
            user_id: holder.user.number(),
            payee_id: payee.to_string(),
            mask: mask.map(ToString::to_string),
            freed_at: freed_at.map(|freed_at| freed_at.to_string()),
            kept_for: kept_for.map(UserId::number),
            waiting: holder.agreements.iter().map(AgreementBody::from).collect(),
        }
    }
}
