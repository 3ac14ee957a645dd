//! Bonuses: what is promised and posted for a sign-up. Each is keyed by who signed up, so that it is paid at most once
//! (M3).

use evens_ledger::{Amount, EntryKey, Posting, SystemAccount, UserId};

/// What a sign-up is worth, fixed when the player signs up: a setting that changes later changes nothing of it, and an
/// auditor knows what was owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bonuses {
    /// What the player gets; zero for none.
    pub registration: Amount,
    /// What a referrer gets for the player; zero for none.
    pub referral: Amount,
}

/// What a player gets for signing up.
pub fn registration_bonus(user: UserId, amount: Amount) -> Posting {
    Posting {
        key: EntryKey::new("BONUS", &[&"REG", &user]),
        amount,
        account: SystemAccount::BonusPool,
        reference: format!("reg_bonus_{user}"),
    }
}

/// What a referrer gets for the player who was `referred`.
pub fn referral_bonus(referred: UserId, amount: Amount) -> Posting {
    Posting {
        key: EntryKey::new("BONUS", &[&"REF", &referred]),
        amount,
        account: SystemAccount::BonusPool,
        reference: format!("ref_bonus_{referred}"),
    }
}
