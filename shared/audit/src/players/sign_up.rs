//! [`SignUp`]: an account's data about its sign-up and the bonuses owed for it.

use evens_ledger::UserId;
use evens_players::{Account, Bonuses, PhoneNumber, ReferralCode, Registration};
use evens_records::Access;
use jiff::Timestamp;

/// The progress of a player's sign-up, and the player's names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SignUp {
    pub(crate) user: UserId,
    pub(crate) phone: PhoneNumber,
    /// The player's own referral code.
    pub(crate) code: ReferralCode,
    /// The referral code used at sign-up.
    pub(crate) referred_by: Option<ReferralCode>,
    /// The referrer, once recorded.
    pub(crate) referrer: Option<UserId>,
    /// Number of players counted as referred by this one.
    pub(crate) referrals: u64,
    /// The next step.
    pub(crate) registration: Registration,
    /// The promised bonuses; `None` in accounts of older versions.
    pub(crate) bonuses: Option<Bonuses>,
    pub(crate) access: Access,
    /// How often a new password ended all sessions of the account.
    pub(crate) password_changes: u64,
    pub(crate) at: Timestamp,
}

impl SignUp {
    /// Returns `true` if the sign-up bonus must have been given.
    pub(crate) fn is_welcomed(&self) -> bool {
        match self.registration {
            Registration::VerificationDue | Registration::BonusDue => false,
            Registration::ReferralDue
            | Registration::DepositDue
            | Registration::ReferralBonusDue
            | Registration::Done => true,
        }
    }

    /// Returns `true` if no step is left. The referrer's bonus is the last one.
    pub(crate) fn is_done(&self) -> bool {
        self.registration == Registration::Done
    }
}

impl From<&Account> for SignUp {
    fn from(account: &Account) -> Self {
        Self {
            user: account.user,
            phone: account.phone.clone(),
            code: account.referral_code,
            referred_by: account.referred_by,
            referrer: account.referrer,
            referrals: account.direct_referral_count,
            registration: account.registration,
            bonuses: account.bonuses,
            access: Access {
                role: account.role,
                is_blocked: account.is_blocked,
                session_epoch: account.session_epoch,
                recovered_at: account.recovered_at,
            },
            password_changes: account.password_changes,
            at: account.created_at,
        }
    }
}
