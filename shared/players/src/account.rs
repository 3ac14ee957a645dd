//! [`Account`]: who a player is, and what of the sign-up is still owed.

use crate::{BonusAfter, Bonuses, PhoneNumber, ReferralBonusAfter, ReferralCode, UserName};
use evens_ledger::UserId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What somebody may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Places bets.
    #[default]
    Player,
    /// Runs the platform: rounds, refunds, funds.
    Operator,
    /// Signs results of rounds.
    Oracle,
    /// Decides about money in and out that a rule holds back.
    Cashier,
    /// Reads what operators did and decided.
    Auditor,
    /// Contributes to jackpots, and may do nothing else: a partner's system.
    Contributor,
}

/// The text names no role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("names no role")]
pub struct RoleError;

impl Role {
    /// All of them.
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

/// What of a sign-up is still owed. Each step is paid or recorded together with the change to the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Registration {
    /// All of it, once the number is proved to be the player's own. Until then nothing is.
    VerificationDue,
    /// The bonus for signing up, and all that follows.
    BonusDue,
    /// The edge to whoever handed on the code, and what follows.
    ReferralDue,
    /// The referrer's bonus, once a first deposit of the player was credited. Until then nothing is.
    DepositDue,
    /// The referrer's bonus.
    ReferralBonusDue,
    /// Nothing.
    Done,
}

/// The text names no step of a sign-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("names no step of a registration")]
pub struct RegistrationError;

impl Registration {
    /// All of them, in their order.
    pub const ALL: [Self; 6] = [
        Self::VerificationDue,
        Self::BonusDue,
        Self::ReferralDue,
        Self::DepositDue,
        Self::ReferralBonusDue,
        Self::Done,
    ];

    /// The first step, by when bonuses are given.
    pub fn first(bonus_after: BonusAfter) -> Self {
        match bonus_after {
            BonusAfter::SignUp => Self::BonusDue,
            BonusAfter::Verified => Self::VerificationDue,
        }
    }

    /// Whether somebody is to do something about it by now.
    pub fn is_under_way(self) -> bool {
        match self {
            Self::BonusDue | Self::ReferralDue | Self::ReferralBonusDue => true,
            Self::VerificationDue | Self::DepositDue | Self::Done => false,
        }
    }

    /// The step after the bonus for signing up; `has_referral`: a code was named.
    pub fn after_bonus(has_referral: bool) -> Self {
        if has_referral { Self::ReferralDue } else { Self::Done }
    }

    /// The step after the referral was recorded; `bonus`: when referrers are paid one, if they are.
    pub fn after_referral(bonus: Option<ReferralBonusAfter>) -> Self {
        match bonus {
            None => Self::Done,
            Some(ReferralBonusAfter::SignUp) => Self::ReferralBonusDue,
            Some(ReferralBonusAfter::FirstDeposit) => Self::DepositDue,
        }
    }

    /// The name in the table.
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

/// When a player last signed in, and from where.
#[derive(Clone, PartialEq, Eq)]
pub struct LastLogin {
    /// When.
    pub at: Timestamp,
    /// The network address, as it was seen.
    pub address: String,
}

impl fmt::Debug for LastLogin {
    /// An address is personal data and stays out of logs.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("LastLogin").field("at", &self.at).finish_non_exhaustive()
    }
}

/// A player, or somebody who runs the platform. The password's hash is not part of it, so that it goes nowhere with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The number under which the wallet stands.
    pub user: UserId,
    /// What one signs in with.
    pub phone: PhoneNumber,
    /// What one wants to be called.
    pub name: Option<UserName>,
    /// Which of the platform's pictures one chose.
    pub picture: Option<u32>,
    /// What one may do.
    pub role: Role,
    /// Whether an operator shut the account.
    pub is_blocked: bool,
    /// Whether the number was proved to be one's own.
    pub is_phone_verified: bool,
    /// 0 at the start.
    pub vip_level: u32,
    /// The code that one hands on.
    pub referral_code: ReferralCode,
    /// The code that one signed up with.
    pub referred_by: Option<ReferralCode>,
    /// Whose code that was, once the referral is recorded.
    pub referrer: Option<UserId>,
    /// How many signed up with one's own code.
    pub direct_referral_count: u64,
    /// What of the sign-up is still owed.
    pub registration: Registration,
    /// What the sign-up is worth; `None` where it is of the time before that was kept.
    pub bonuses: Option<Bonuses>,
    /// When one last signed in.
    pub last_login: Option<LastLogin>,
    /// When one signed up.
    pub created_at: Timestamp,
}

impl Account {
    /// The account of somebody who just signed up. What that is worth is for the caller to say.
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
}
