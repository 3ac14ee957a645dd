//! A bank account that one player uses as a payee and another player claims: the view of cashiers, and its release.

use super::adjust::AgreementBody;
use super::review::reason;
use crate::http::request::request;
use crate::{Body, Time};
use evens_ledger::UserId;
use evens_payments::{AccountMask, ActReason, PayeeId, PaymentsRecord};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

/// `POST /api/operator/payees/{reference}/free`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FreeAccountRequest {
    /// The only player who may add the account from then on.
    pub claimant: UserId,
    /// The reason.
    pub reason: ActReason,
}

request! {
    FreeAccountRequest {
        claimant: required "userId", Body::optional_whole, json!({
            "type": "integer", "minimum": 1, "maximum": i64::MAX,
        });
        reason: required "reason", Body::optional_string, reason();
    }
}

/// A bank account that a player has or had as a payee.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct KnownAccountBody {
    /// The reference that a refused player gets. It reveals nothing of the account number.
    pub reference: String,
    /// The player who has or had the account.
    pub user_id: u64,
    /// The holder's payee for the account.
    pub payee_id: String,
    /// The last four characters of its number; null if it was added before this was stored.
    pub mask: Option<String>,
    /// Time since which the account is free (RFC 3339); null if it is not.
    pub freed_at: Option<Time>,
    /// The only player who may add it; null if any player may, or if it is not free.
    pub kept_for: Option<u64>,
    /// Pending acts on its holder that need more approvals.
    pub waiting: Vec<AgreementBody>,
}

impl KnownAccountBody {
    /// The account with this reference, which its holder has as the payee `payee`.
    pub fn new(
        reference: &impl ToString,
        payee: &PayeeId,
        mask: Option<&AccountMask>,
        (freed_at, kept_for): (Option<Timestamp>, Option<UserId>),
        holder: &PaymentsRecord,
    ) -> Self {
        Self {
            reference: reference.to_string(),
            user_id: holder.user.number(),
            payee_id: payee.to_string(),
            mask: mask.map(ToString::to_string),
            freed_at: freed_at.map(Time::from),
            kept_for: kept_for.map(UserId::number),
            waiting: holder.agreements.iter().map(AgreementBody::from).collect(),
        }
    }
}
