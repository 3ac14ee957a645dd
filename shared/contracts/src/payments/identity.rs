//! The identity status of a player: as the player sees it, and as cashiers set it.

use super::adjust::AgreementBody;
use super::limits::OneOf;
use super::review::reason_schema;
use crate::http::route::RequestBody;
use crate::{Body, Money, Problem};
use evens_payments::{ActReason, IdentityStatus, PaymentsRecord};
use serde::Serialize;
use serde_json::{Value, json};
use strum::VariantArray;
use utoipa::ToSchema;

/// `POST /api/operator/users/{userId}/identity`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteIdentityRequest {
    /// The new status.
    pub status: IdentityStatus,
    /// The evidence, in words that contain nothing of a document.
    pub reason: ActReason,
}

impl NoteIdentityRequest {
    /// Parses the body.
    pub fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        let body = Body::parse(bytes)?;
        let status = body.string::<OneOf<IdentityStatus>>("status")?.0;
        Ok(Self { status, reason: body.string("reason")? })
    }
}

impl RequestBody for NoteIdentityRequest {
    const NAME: &'static str = "NoteIdentityRequest";

    fn schema() -> Value {
        let statuses: Vec<_> = IdentityStatus::VARIANTS.iter().map(AsRef::as_ref).collect();
        json!({
            "type": "object",
            "required": ["status", "reason"],
            "properties": { "status": { "type": "string", "enum": statuses }, "reason": reason_schema() },
        })
    }
}

/// `200` to `GET /api/identity`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct IdentityAnswer {
    /// The identity status.
    pub data: IdentityBody,
}

/// The player's identity status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct IdentityBody {
    /// `not-asked`, `pending`, `verified` or `refused`.
    pub status: &'static str,
}

/// `200` to `GET` and `POST /api/operator/users/{userId}/identity`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlayerIdentityAnswer {
    /// The identity status with the player's totals.
    pub data: PlayerIdentityBody,
}

/// A player's identity status, with their deposits and withdrawals, as cashiers see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlayerIdentityBody {
    /// The player.
    pub user_id: u64,
    /// `not-asked`, `pending`, `verified` or `refused`.
    pub status: &'static str,
    /// Credited deposits, without refunds and chargebacks.
    pub deposited: Money,
    /// Paid withdrawals, without returned ones.
    pub withdrawn: Money,
    /// Pending acts that need more approvals.
    pub waiting: Vec<AgreementBody>,
}

impl From<&PaymentsRecord> for IdentityAnswer {
    fn from(record: &PaymentsRecord) -> Self {
        Self { data: IdentityBody { status: record.identity.into() } }
    }
}

impl From<&PaymentsRecord> for PlayerIdentityAnswer {
    fn from(record: &PaymentsRecord) -> Self {
        let PaymentsRecord { user, identity, totals, agreements, .. } = record;
        let data = PlayerIdentityBody {
            user_id: user.number(),
            status: (*identity).into(),
            deposited: totals.actual_deposit_amount.into(),
            withdrawn: totals.withdrawn.into(),
            waiting: agreements.iter().map(AgreementBody::from).collect(),
        };
        Self { data }
    }
}
