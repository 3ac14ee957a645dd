//! Bonuses: what is promised and posted for a sign-up. Each is keyed by who signed up, so that it is paid at most once
//! (M3).

use crate::ReferralBonuses;
use evens_ledger::{Amount, EntryKey, EntryPurpose, Posting, SystemAccount, UserId};
use jiff::civil::Date;
use std::num::NonZeroU32;
use std::str::FromStr;

/// What a sign-up is worth, fixed when the player signs up: a setting that changes later changes nothing of it, and an
/// auditor knows what was owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bonuses {
    /// What the player gets; zero for none.
    pub registration: Amount,
    /// What those above the player in the tree of referrals get.
    pub referral: ReferralBonuses,
}

/// When the bonuses of a sign-up are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BonusAfter {
    /// At once.
    #[default]
    SignUp,
    /// When the player has proved that the phone number is theirs.
    Verified,
}

/// The text says no moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is neither sign-up nor verified")]
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

/// When a referrer gets the bonus for a sign-up, once the referral is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReferralBonusAfter {
    /// At once.
    #[default]
    SignUp,
    /// When the first deposit of who signed up was credited.
    FirstDeposit,
}

/// The text says no moment of a referrer's bonus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is neither sign-up nor deposit")]
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

/// How many bonuses a referrer gets for sign-ups on one day. One more is not given, then or later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReferralCap {
    /// The day.
    pub day: Date,
    /// How many.
    pub max: NonZeroU32,
}

/// What a referrer got for sign-ups on the last day on which there was something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReferralDay {
    /// The day.
    pub day: Date,
    /// How many bonuses.
    pub count: u32,
}

impl ReferralCap {
    /// The day with one more bonus; none where there is no more to be had on it. Where one of a later day was counted
    /// before, this one is of that day too: a job may be late, and a count does not begin twice.
    pub fn one_more(self, last: Option<ReferralDay>) -> Option<ReferralDay> {
        let Self { day, max } = self;
        let day = last.map_or(day, |last| last.day.max(day));
        let count = last.filter(|last| last.day == day).map_or(0, |last| last.count);
        (count < max.get()).then(|| ReferralDay { day, count: count + 1 })
    }
}

/// What a player gets for signing up.
pub fn registration_bonus(user: UserId, amount: Amount) -> Posting {
    Posting {
        key: EntryKey::new(EntryPurpose::Bonus, &[&"REG", &user]),
        amount,
        account: SystemAccount::BonusPool,
        reference: format!("reg_bonus_{user}"),
    }
}

/// What whoever is at that level above the player who was `referred` gets. The key and the reference of level 1 name no
/// level.
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
