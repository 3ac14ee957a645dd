//! Bonuses: the amounts and postings for a sign-up. The key of each posting contains the new player, so that it is paid
//! at most once (M3).

use crate::ReferralBonuses;
use evens_ledger::{Amount, EntryKey, EntryPurpose, Posting, SystemAccount, UserId};
use jiff::civil::Date;
use std::num::NonZeroU32;
use std::str::FromStr;

/// The bonuses of a sign-up, fixed at the time of the sign-up. A later change of the settings has no effect on them,
/// and an auditor can tell how much was due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bonuses {
    /// The player's own bonus, or zero.
    pub registration: Amount,
    /// The bonuses of the players above the new one in the referral tree.
    pub referral: ReferralBonuses,
}

/// The time at which the bonuses of a sign-up become due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BonusAfter {
    /// At the sign-up.
    #[default]
    SignUp,
    /// When the player has proved that the phone number is theirs.
    Verified,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be sign-up or verified")]
pub struct BonusAfterError;

impl FromStr for BonusAfter {
    type Err = BonusAfterError;

    fn from_str(text: &str) -> Result<Self, BonusAfterError> {
        match text {
            "sign-up" => Ok(Self::SignUp),
            "verified" => Ok(Self::Verified),
            _ => Err(BonusAfterError),
        }
    }
}

/// The time at which a referrer's bonus becomes due, once the referral is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReferralBonusAfter {
    /// As soon as the referral is recorded.
    #[default]
    SignUp,
    /// When the new player's first deposit was credited.
    FirstDeposit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be sign-up or deposit")]
pub struct ReferralBonusAfterError;

impl FromStr for ReferralBonusAfter {
    type Err = ReferralBonusAfterError;

    fn from_str(text: &str) -> Result<Self, ReferralBonusAfterError> {
        match text {
            "sign-up" => Ok(Self::SignUp),
            "deposit" => Ok(Self::FirstDeposit),
            _ => Err(ReferralBonusAfterError),
        }
    }
}

/// The maximum number of bonuses that a referrer gets for sign-ups on one day. Bonuses above it are never paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReferralCap {
    pub day: Date,
    pub max: NonZeroU32,
}

/// The number of bonuses that a referrer got on the last day with a bonus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReferralDay {
    pub day: Date,
    pub count: u32,
}

impl ReferralCap {
    /// Counts one more bonus. Returns `None` if the day is full. If a later day is already being counted, a late job
    /// counts towards that day, so that no count starts over.
    pub fn one_more(self, last: Option<ReferralDay>) -> Option<ReferralDay> {
        let Self { day, max } = self;
        let day = last.map_or(day, |last| last.day.max(day));
        let count = last.filter(|last| last.day == day).map_or(0, |last| last.count);
        (count < max.get()).then(|| ReferralDay { day, count: count + 1 })
    }
}

/// The posting of a player's own sign-up bonus.
pub fn registration_bonus(user: UserId, amount: Amount) -> Posting {
    Posting {
        key: EntryKey::new(EntryPurpose::Bonus, &[&"REG", &user]),
        amount,
        account: SystemAccount::BonusPool,
        reference: format!("reg_bonus_{user}"),
    }
}

/// The posting for the player who is `level` steps above `referred`. The key and the reference of level 1 do not
/// contain the level.
pub fn referral_bonus(referred: UserId, level: u32, amount: Amount) -> Posting {
    let (key, reference) = match level {
        1 => (EntryKey::new(EntryPurpose::Bonus, &[&"REF", &referred]), format!("ref_bonus_{referred}")),
        _ => (
            EntryKey::new(EntryPurpose::Bonus, &[&"REF", &referred, &level]),
            format!("ref_bonus_{referred}_{level}"),
        ),
    };
    Posting { key, amount, account: SystemAccount::BonusPool, reference }
}
