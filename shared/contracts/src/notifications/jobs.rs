//! [`NotifyJob`]: a notification to a player, outside of any request. [`SendRecoveryCodeJob`]: the code of a recovery,
//! which may have no recipient.

use crate::jobs::{GroupedJob, JobData};
use evens_ledger::{Amount, Digest, UserId};
use evens_players::{Code, RecoveryCode, VerificationCode};
use jiff::Timestamp;
use serde::{Deserialize, Serialize, Serializer};

/// Notifies a player.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NotifyJob {
    /// The player to notify.
    #[serde(with = "crate::text")]
    pub user_id: UserId,
    /// The event of the notification.
    #[serde(flatten)]
    pub event: NotifyEvent,
    /// Distinguishes the event from others of its kind. Together with the kind it is the event's id, by which a
    /// receiver recognizes a repeat.
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

/// The event of a notification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum NotifyEvent {
    /// The bonus for signing up was given.
    WelcomeBonus {
        /// The bonus amount.
        #[serde(with = "crate::text")]
        amount: Amount,
    },
    /// A new player signed up with the player's referral code.
    ReferralRecorded {
        /// The player who signed up.
        #[serde(with = "crate::text")]
        referred: UserId,
    },
    /// The player's password was changed.
    PasswordChanged {
        /// The key of the recovery by which it was changed, if it was forgotten.
        #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::text::optional")]
        recovery: Option<Digest>,
    },
    /// The player requested a code to verify their phone number.
    PhoneCode {
        /// The code, for the player alone.
        #[serde(serialize_with = "reveal", deserialize_with = "crate::text::deserialize")]
        code: VerificationCode,
        /// Time from which the code is no longer valid.
        #[serde(with = "crate::text")]
        expires_at: Timestamp,
    },
}

fn reveal<const DIGITS: usize, S: Serializer>(code: &Code<DIGITS>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&code.reveal())
}

impl NotifyEvent {
    /// The event's name, as receivers know it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::WelcomeBonus { .. } => "welcome-bonus",
            Self::ReferralRecorded { .. } => "referral-recorded",
            Self::PasswordChanged { .. } => "password-changed",
            Self::PhoneCode { .. } => "phone-code",
        }
    }
}

impl NotifyJob {
    /// The event's id: the same for every repeat, and unique among events.
    pub fn event_id(&self) -> String {
        format!("{}:{}", self.event.name(), self.about)
    }
}

/// Sends the code of a recovery, if its phone number has an account that may be recovered. The sender of the job does
/// not know that, so that no answer tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SendRecoveryCodeJob {
    /// The key of the recovery, which has the number and the time. Its id, which only the client has, does not follow
    /// from it.
    #[serde(with = "crate::text")]
    pub recovery: Digest,
    /// The code, for the player alone.
    #[serde(serialize_with = "reveal", deserialize_with = "crate::text::deserialize")]
    pub code: RecoveryCode,
}

impl SendRecoveryCodeJob {
    /// The event's id: the same for every repeat, and unique among events.
    pub fn event_id(&self) -> String {
        format!("{}:{}", Self::EVENT, self.recovery)
    }

    /// The event's name, as receivers know it.
    pub const EVENT: &'static str = "recovery-code";
}

impl JobData for SendRecoveryCodeJob {
    const TYPE: &'static str = "sendRecoveryCode";

    fn id(&self) -> String {
        self.event_id()
    }

    fn subjects(&self) -> Vec<String> {
        vec![self.recovery.to_string()]
    }
}

impl GroupedJob for SendRecoveryCodeJob {
    /// A request waits for no other one.
    fn group(&self) -> String {
        self.recovery.to_string()
    }
}
