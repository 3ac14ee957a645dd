//! [`NotifyJob`]: what a player is told, outside of any request.

use crate::jobs::{GroupedJob, JobData};
use evens_ledger::{Amount, UserId};
use evens_players::VerificationCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize, Serializer};

/// Tell a player something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NotifyJob {
    /// Which player.
    #[serde(with = "crate::text")]
    pub user_id: UserId,
    /// What happened.
    #[serde(flatten)]
    pub event: NotifyEvent,
    /// What sets it apart from other events of its kind: with the kind it makes the event's id, by which a receiver
    /// tells a repeat.
    pub about: String,
}

impl JobData for NotifyJob {
    const TYPE: &'static str = "notify";

    fn id(&self) -> String {
        format!("notify:{}", self.event_id())
    }

    fn subjects(&self) -> Vec<String> {
        vec![self.user_id.to_string()]
    }
}

impl GroupedJob for NotifyJob {
    fn group(&self) -> String {
        self.user_id.to_string()
    }
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum NotifyEvent {
    /// The bonus for signing up was given.
    WelcomeBonus {
        /// The amount.
        #[serde(with = "crate::text")]
        amount: Amount,
    },
    /// A new player signed up with the player's referral code.
    ReferralRecorded {
        /// The referred player.
        #[serde(with = "crate::text")]
        referred: UserId,
    },
    /// The player's password was changed.
    PasswordChanged,
    /// The player has asked for a code that proves their phone number.
    PhoneCode {
        /// The code, for the player alone.
        #[serde(serialize_with = "reveal", deserialize_with = "crate::text::deserialize")]
        code: VerificationCode,
        /// When it holds no more.
        #[serde(with = "crate::text")]
        expires_at: Timestamp,
    },
}

fn reveal<S: Serializer>(code: &VerificationCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&code.reveal())
}

impl NotifyEvent {
    /// The event's name, as receivers know it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::WelcomeBonus { .. } => "welcome-bonus",
            Self::ReferralRecorded { .. } => "referral-recorded",
            Self::PasswordChanged => "password-changed",
            Self::PhoneCode { .. } => "phone-code",
        }
    }
}

impl NotifyJob {
    /// The event's id: the same for every repeat, another for every other event.
    pub fn event_id(&self) -> String {
        format!("{}:{}", self.event.name(), self.about)
    }
}
