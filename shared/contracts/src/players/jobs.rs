//! Jobs about players: bonuses and referrals after a sign-up, and days of attendance.

use crate::jobs::{GroupedJob, JobData};
use evens_ledger::UserId;
use evens_players::ReferralCode;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Gives a new player the sign-up bonus.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApplyBonusJob {
    /// The new player.
    #[serde(with = "crate::text")]
    pub user_id: UserId,
}

impl JobData for ApplyBonusJob {
    const TYPE: &'static str = "applyBonus";

    fn id(&self) -> String {
        format!("bonus-{}", self.user_id)
    }

    fn subjects(&self) -> Vec<String> {
        vec![self.user_id.to_string()]
    }
}

impl GroupedJob for ApplyBonusJob {
    fn group(&self) -> String {
        self.user_id.to_string()
    }
}

/// Records the referrer of a new player.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordReferralJob {
    /// The new player.
    #[serde(with = "crate::text")]
    pub user_id: UserId,
    /// The referral code that they signed up with.
    #[serde(with = "crate::text")]
    pub referred_by: ReferralCode,
}

impl JobData for RecordReferralJob {
    const TYPE: &'static str = "recordReferral";

    fn id(&self) -> String {
        format!("referral-{}", self.user_id)
    }

    fn subjects(&self) -> Vec<String> {
        vec![self.user_id.to_string()]
    }
}

impl GroupedJob for RecordReferralJob {
    fn group(&self) -> String {
        self.user_id.to_string()
    }
}

/// Gives a referrer the bonus for a new player.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApplyReferralBonusJob {
    /// The player who was referred.
    #[serde(with = "crate::text")]
    pub user_id: UserId,
}

impl JobData for ApplyReferralBonusJob {
    const TYPE: &'static str = "applyReferralBonus";

    fn id(&self) -> String {
        format!("referral-bonus-{}", self.user_id)
    }

    fn subjects(&self) -> Vec<String> {
        vec![self.user_id.to_string()]
    }
}

impl GroupedJob for ApplyReferralBonusJob {
    fn group(&self) -> String {
        self.user_id.to_string()
    }
}

/// Records the day of a login.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CheckAttendanceJob {
    /// The player who logged in.
    #[serde(with = "crate::text")]
    pub user_id: UserId,
    /// The day, fixed at login, so that the worker needs no clock.
    #[serde(with = "crate::text")]
    pub date: Date,
}

impl JobData for CheckAttendanceJob {
    const TYPE: &'static str = "checkAttendance";

    fn id(&self) -> String {
        format!("attendance:{}:{}", self.user_id, self.date)
    }

    fn subjects(&self) -> Vec<String> {
        vec![self.user_id.to_string()]
    }
}

impl GroupedJob for CheckAttendanceJob {
    fn group(&self) -> String {
        self.user_id.to_string()
    }
}
