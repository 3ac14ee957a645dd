//! [`Event`]: what the receiver is told, and the body of its call.

use evens_contracts::{Money, NotifyEvent, NotifyJob, SendRecoveryCodeJob, Time};
use evens_ledger::UserId;
use evens_players::{PhoneNumber, Recovery};
use jiff::Timestamp;
use serde::Serialize;

/// An event of a player. It never becomes a text by accident: the number and the code are for the receiver alone.
pub struct Event {
    pub(crate) id: String,
    pub(crate) kind: &'static str,
    pub(crate) user: UserId,
    /// The number that the message goes to, of events that are sent to a phone.
    to: Option<PhoneNumber>,
    data: EventData,
    /// When the code of the event expires.
    pub(crate) expires_at: Option<Timestamp>,
}

impl Event {
    /// Returns `true` if the event goes to the player's phone. Its number is then read when it is sent, so that no
    /// queue holds it.
    pub(crate) fn goes_to_phone(&self) -> bool {
        match self.data {
            EventData::Code { .. } | EventData::PasswordChanged {} => true,
            EventData::WelcomeBonus { .. } | EventData::ReferralRecorded { .. } => false,
        }
    }

    /// The event of a job, without a number.
    pub fn of(job: &NotifyJob) -> Self {
        let mut expires = None;
        let data = match &job.event {
            NotifyEvent::WelcomeBonus { amount } => EventData::WelcomeBonus { amount: (*amount).into() },
            NotifyEvent::ReferralRecorded { referred } => {
                EventData::ReferralRecorded { referred_user_id: referred.number() }
            }
            NotifyEvent::PasswordChanged { .. } => EventData::PasswordChanged {},
            NotifyEvent::PhoneCode { code, expires_at } => {
                expires = Some(*expires_at);
                EventData::Code { code: code.reveal(), expires_at: (*expires_at).into() }
            }
        };
        let (id, kind, user) = (job.event_id(), job.event.name(), job.user_id);
        Self { id, kind, user, to: None, data, expires_at: expires }
    }

    /// The same event, sent to this number.
    #[must_use]
    pub fn sent_to(self, number: PhoneNumber) -> Self {
        Self { to: Some(number), ..self }
    }

    /// The code of a recovery, for the player with this number.
    pub fn of_recovery(
        job: &SendRecoveryCodeJob,
        begun: &Recovery,
        (user, to): (UserId, PhoneNumber),
    ) -> Self {
        let expires_at = begun.expires_at();
        let data = EventData::Code { code: job.code.reveal(), expires_at: expires_at.into() };
        let (id, kind) = (job.event_id(), SendRecoveryCodeJob::EVENT);
        Self { id, kind, user, to: Some(to), data, expires_at: Some(expires_at) }
    }

    /// The code of the event, if it has one, for the player alone.
    pub(crate) fn code(&self) -> Option<&str> {
        match &self.data {
            EventData::Code { code, .. } => Some(code),
            _ => None,
        }
    }

    /// The body of the call.
    pub(crate) fn body(&self) -> Result<Vec<u8>, serde_json::Error> {
        let Self { id, kind, user, to, data, .. } = self;
        let to = to.as_ref().map(PhoneNumber::as_str);
        serde_json::to_vec(&EventBody { id, kind, user_id: user.number(), to, data })
    }
}

/// The body of a webhook call. It contains ids and, in events that go to a phone, its number, but no names or
/// addresses. Ids and amounts have the format of the HTTP API.
///
/// | `type` | `to` | `data` |
/// |---|---|---|
/// | `welcome-bonus` | absent | `amount` |
/// | `referral-recorded` | absent | `referredUserId` |
/// | `password-changed` | the number | nothing |
/// | `phone-code` | the number | `code`, for the player alone, and `expiresAt` |
/// | `recovery-code` | the number | `code`, for the player alone, and `expiresAt` |
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EventBody<'a> {
    /// The same in every repeat.
    id: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    /// The recipient.
    user_id: u64,
    /// The recipient's phone number in E.164.
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<&'a str>,
    data: &'a EventData,
}

#[derive(Serialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
enum EventData {
    WelcomeBonus { amount: Money },
    ReferralRecorded { referred_user_id: u64 },
    PasswordChanged {},
    Code { code: String, expires_at: Time },
}
