//! [`Account`]: a player's account, including the steps of the sign-up that are still to be done.

use crate::{BonusAfter, Bonuses, PhoneNumber, ReferralBonusAfter, ReferralCode, UserName};
use evens_ledger::UserId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The role of an account, which decides what its user may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    #[default]
    Player,
    /// Runs the platform: rounds, refunds, credits.
    Operator,
    /// Signs the results of rounds.
    Oracle,
    /// Decides on deposits and withdrawals that a rule holds back.
    Cashier,
    /// Reads the actions and decisions of operators.
    Auditor,
    /// The system of a partner: it contributes to jackpots and may do nothing else.
    Contributor,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a role")]
pub struct RoleError;

impl Role {
    pub const ALL: [Self; 6] =
        [Self::Player, Self::Operator, Self::Oracle, Self::Cashier, Self::Auditor, Self::Contributor];

    /// The name in tokens, in the table and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Player => "player",
            Self::Operator => "operator",
            Self::Oracle => "oracle",
            Self::Cashier => "cashier",
            Self::Auditor => "auditor",
            Self::Contributor => "contributor",
        }
    }
}

impl FromStr for Role {
    type Err = RoleError;

    fn from_str(text: &str) -> Result<Self, RoleError> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or(RoleError)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// The step of a sign-up that is due next. Each step is paid or recorded in the same transaction that moves to the next
/// one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Registration {
    /// The player has to prove that the phone number is theirs. No bonus is due before that.
    VerificationDue,
    BonusDue,
    /// The link to the referrer is due.
    ReferralDue,
    /// The player has to make a first deposit. No bonus is due to the referrer before that.
    DepositDue,
    ReferralBonusDue,
    Done,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a step of a registration")]
pub struct RegistrationError;

impl Registration {
    /// All steps, in order.
    pub const ALL: [Self; 6] = [
        Self::VerificationDue,
        Self::BonusDue,
        Self::ReferralDue,
        Self::DepositDue,
        Self::ReferralBonusDue,
        Self::Done,
    ];

    /// The first step, which depends on when bonuses are due.
    pub fn first(bonus_after: BonusAfter) -> Self {
        match bonus_after {
            BonusAfter::SignUp => Self::BonusDue,
            BonusAfter::Verified => Self::VerificationDue,
        }
    }

    /// Returns `true` if the platform has to act. Otherwise the sign-up is done or waits for the player.
    pub fn is_under_way(self) -> bool {
        match self {
            Self::BonusDue | Self::ReferralDue | Self::ReferralBonusDue => true,
            Self::VerificationDue | Self::DepositDue | Self::Done => false,
        }
    }

    /// The step after the sign-up bonus. `has_referral` is true if the player signed up with a code.
    pub fn after_bonus(has_referral: bool) -> Self {
        if has_referral { Self::ReferralDue } else { Self::Done }
    }

    /// The step after the referral was recorded. `bonus` says when referrers get a bonus, if at all.
    pub fn after_referral(bonus: Option<ReferralBonusAfter>) -> Self {
        match bonus {
            None => Self::Done,
            Some(ReferralBonusAfter::SignUp) => Self::ReferralBonusDue,
            Some(ReferralBonusAfter::FirstDeposit) => Self::DepositDue,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::VerificationDue => "VERIFICATION_DUE",
            Self::BonusDue => "BONUS_DUE",
            Self::ReferralDue => "REFERRAL_DUE",
            Self::DepositDue => "DEPOSIT_DUE",
            Self::ReferralBonusDue => "REFERRAL_BONUS_DUE",
            Self::Done => "DONE",
        }
    }
}

impl FromStr for Registration {
    type Err = RegistrationError;

    fn from_str(text: &str) -> Result<Self, RegistrationError> {
        Self::ALL.into_iter().find(|step| step.as_str() == text).ok_or(RegistrationError)
    }
}

/// The time and source of a player's last login.
#[derive(Clone, PartialEq, Eq)]
pub struct LastLogin {
    pub at: Timestamp,
    /// The network address that the request came from.
    pub address: String,
}

impl fmt::Debug for LastLogin {
    /// An address is personal data and stays out of logs.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("LastLogin").field("at", &self.at).finish_non_exhaustive()
    }
}

/// The account of a player or of a staff member. The password hash is stored elsewhere, so that it cannot leak with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The number of the player's account and wallet.
    pub user: UserId,
    /// The phone number that the player logs in with.
    pub phone: PhoneNumber,
    pub name: Option<UserName>,
    /// The index of a picture from the platform's set.
    pub picture: Option<u32>,
    pub role: Role,
    /// True if an operator has blocked the account.
    pub is_blocked: bool,
    /// The number of times that all sessions of the account were ended: by an operator, by a block, by a new password,
    /// or because the account lost a role. A session or token of an earlier epoch is refused.
    pub session_epoch: u64,
    /// The number of times that a new password ended them. Earlier versions ended them without a new epoch.
    pub password_changes: u64,
    /// When the player last got a new password by a code, because they had forgotten theirs. It holds withdrawals.
    pub recovered_at: Option<Timestamp>,
    pub is_phone_verified: bool,
    /// 0 at the start.
    pub vip_level: u32,
    /// The code that the player gives to others.
    pub referral_code: ReferralCode,
    /// The code that the player signed up with.
    pub referred_by: Option<ReferralCode>,
    /// The owner of that code, once the referral is recorded.
    pub referrer: Option<UserId>,
    /// The number of players who signed up with this player's code.
    pub direct_referral_count: u64,
    /// The next step of the sign-up.
    pub registration: Registration,
    /// The bonuses of this sign-up. `None` if the player signed up before they were stored.
    pub bonuses: Option<Bonuses>,
    pub last_login: Option<LastLogin>,
    pub created_at: Timestamp,
}

impl Account {
    /// A new player's account. The caller sets the bonuses.
    pub fn register(
        user: UserId,
        phone: PhoneNumber,
        name: Option<UserName>,
        referral_code: ReferralCode,
        referred_by: Option<ReferralCode>,
        at: Timestamp,
    ) -> Self {
        Self {
            user,
            phone,
            name,
            picture: None,
            role: Role::Player,
            is_blocked: false,
            session_epoch: 0,
            password_changes: 0,
            recovered_at: None,
            is_phone_verified: false,
            vip_level: 0,
            referral_code,
            referred_by,
            referrer: None,
            direct_referral_count: 0,
            registration: Registration::BonusDue,
            bonuses: None,
            last_login: None,
            created_at: at,
        }
    }

    /// The epoch after all sessions of the account are ended once more.
    pub fn next_session_epoch(&self) -> u64 {
        self.session_epoch.saturating_add(1)
    }
}
