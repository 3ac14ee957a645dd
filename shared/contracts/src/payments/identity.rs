//! The identity status of a player: as the player sees it, and as cashiers set it.

use super::adjust::AgreementBody;
use super::limits::{one_of, words};
use super::review::reason;
use crate::http::request::request;
use crate::{Body, Data, Money};
use evens_payments::{ActReason, IdentityStatus, PaymentsRecord};
use serde::Serialize;
use serde_json::json;
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

request! {
    NoteIdentityRequest {
        status: required "status", one_of, json!({ "type": "string", "enum": words(IdentityStatus::VARIANTS) });
        reason: required "reason", Body::optional_string, reason();
    }
}

/// The player's identity status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct IdentityBody {
    /// `not-asked`, `pending`, `verified` or `refused`.
    pub status: &'static str,
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

impl From<&PaymentsRecord> for Data<IdentityBody> {
    fn from(record: &PaymentsRecord) -> Self {
        Self { data: IdentityBody { status: record.identity.into() } }
    }
}

impl From<&PaymentsRecord> for Data<PlayerIdentityBody> {
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
