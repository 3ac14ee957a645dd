//! [`SignUp`]: what an account says of how its player came in, and what is owed for that.

use evens_ledger::UserId;
use evens_players::{Account, Bonuses, PhoneNumber, ReferralCode, Registration};
use jiff::Timestamp;

/// How far a player's sign-up has come, and under which names the player is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SignUp {
    /// The player.
    pub(crate) user: UserId,
    /// What the player logs in with.
    pub(crate) phone: PhoneNumber,
    /// The code that the player hands on.
    pub(crate) code: ReferralCode,
    /// The code that the player signed up with.
    pub(crate) referred_by: Option<ReferralCode>,
    /// Who referred the player, once that is recorded.
    pub(crate) referrer: Option<UserId>,
    /// How many players are counted as referred by this one.
    pub(crate) referrals: u64,
    /// What is still to be done.
    pub(crate) registration: Registration,
    /// What was promised; `None` where nobody wrote it down.
    pub(crate) bonuses: Option<Bonuses>,
    /// When the player signed up.
    pub(crate) at: Timestamp,
}

impl SignUp {
    /// Whether the bonus for signing up must have been given.
    pub(crate) fn is_welcomed(&self) -> bool {
        match self.registration {
            Registration::VerificationDue | Registration::BonusDue => false,
            Registration::ReferralDue
            | Registration::DepositDue
            | Registration::ReferralBonusDue
            | Registration::Done => true,
        }
    }

    /// Whether nothing is to be done any more, of which the referrer's bonus is the last.
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
            at: account.created_at,
        }
    }
}
