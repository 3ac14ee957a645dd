//! [`EventBody`]: the body of a webhook call.

use evens_contracts::{Money, NotifyEvent, NotifyJob, Time};
use serde::Serialize;

/// The body of a webhook call. It contains ids, but no names, phone numbers or addresses. Ids and amounts have the
/// format of the HTTP API.
///
/// | `type` | `data` |
/// |---|---|
/// | `welcome-bonus` | `amount` |
/// | `referral-recorded` | `referredUserId` |
/// | `password-changed` | nothing |
/// | `phone-code` | `code`, for the player alone, and `expiresAt` |
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EventBody {
    /// The same in every repeat.
    id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    /// The recipient.
    user_id: u64,
    data: EventData,
}

#[derive(Debug, Serialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
enum EventData {
    WelcomeBonus { amount: Money },
    ReferralRecorded { referred_user_id: u64 },
    PasswordChanged {},
    PhoneCode { code: String, expires_at: Time },
}

impl From<&NotifyJob> for EventBody {
    fn from(job: &NotifyJob) -> Self {
        let data = match &job.event {
            NotifyEvent::WelcomeBonus { amount } => EventData::WelcomeBonus { amount: (*amount).into() },
            NotifyEvent::ReferralRecorded { referred } => {
                EventData::ReferralRecorded { referred_user_id: referred.number() }
            }
            NotifyEvent::PasswordChanged => EventData::PasswordChanged {},
            NotifyEvent::PhoneCode { code, expires_at } => {
                EventData::PhoneCode { code: code.reveal(), expires_at: (*expires_at).into() }
            }
        };
        Self { id: job.event_id(), kind: job.event.name(), user_id: job.user_id.number(), data }
    }
}
