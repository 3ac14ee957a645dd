//! Referrals: the code that a player gives to others, and the rule that records who signed up with it.

use crate::{Account, Registration};
use evens_ledger::UserId;
use jiff::Timestamp;
use std::fmt;
use std::str::FromStr;

/// Crockford's digits, which leave out letters that are easily confused.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A referral code: 40 random bits as 8 characters of Crockford's base 32.
///
/// ```
/// use evens_players::ReferralCode;
/// let code = ReferralCode::from_random([0, 0, 0, 0, 1]);
/// assert_eq!(code.to_string(), "00000001");
/// assert_eq!("oooo-oool".parse(), Ok(code)); // as a person may type it
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ReferralCode(u64);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a referral code of 8 letters and digits")]
pub struct ReferralCodeError;

impl ReferralCode {
    /// In characters.
    pub const LENGTH: usize = 8;

    pub fn from_random(bytes: [u8; 5]) -> Self {
        Self(bytes.iter().fold(0, |bits, byte| bits << 8 | u64::from(*byte)))
    }
}

impl FromStr for ReferralCode {
    type Err = ReferralCodeError;

    /// Accepts either case, hyphens, O for 0, and I or L for 1.
    fn from_str(text: &str) -> Result<Self, ReferralCodeError> {
        let mut bits = 0;
        let mut length = 0;
        for c in text.trim().chars().filter(|c| *c != '-') {
            let digit = match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            let value = (0..).zip(DIGITS).find(|(_, known)| char::from(**known) == digit);
            let (value, _) = value.ok_or(ReferralCodeError)?;
            length += 1;
            if length > Self::LENGTH {
                return Err(ReferralCodeError);
            }
            bits = bits << 5 | value;
        }
        if length == Self::LENGTH { Ok(Self(bits)) } else { Err(ReferralCodeError) }
    }
}

impl fmt::Display for ReferralCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write;
        (0..Self::LENGTH).rev().try_for_each(|place| {
            let [.., low] = (self.0 >> (5 * place)).to_be_bytes();
            formatter.write_char(char::from(DIGITS[usize::from(low % 32)]))
        })
    }
}

impl fmt::Debug for ReferralCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// An edge of the referral tree: one player brought another. It never ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Referral {
    /// The owner of the code.
    pub referrer: UserId,
    /// The player who signed up with it.
    pub referred: UserId,
    /// The distance between them: always 1, because only direct referrals are recorded.
    pub level: u32,
    pub recorded_at: Timestamp,
}

impl Referral {
    /// The status of every referral, as shown to readers of the tree.
    pub const STATUS: &'static str = "active";
}

/// The answer to a request to record a referral. The variants are in the order of the checks, and the first that
/// applies is the answer. A repeat is answered before anything that depends on the current owner of the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordReferral {
    /// The referral was recorded earlier, with this referrer.
    RecordedBefore(UserId),
    /// The player signed up without a code or with another one. No client can cause this.
    NotReferred,
    /// The sign-up bonus is still due and comes first.
    BonusFirst,
    /// The sign-up ended without a referral, because its code was unknown or the player's own.
    EndedBefore,
    UnknownCode,
    SelfReferral,
    /// The referral can be recorded; this is the write.
    Recorded(Referral),
}

/// Decides on a referral from the new player's account and the owner `found` for the code `named`. A code other than
/// the one in the account records nothing.
pub fn record_referral(
    referred: &Account,
    named: ReferralCode,
    found: Option<UserId>,
    at: Timestamp,
) -> RecordReferral {
    if let Some(referrer) = referred.referrer {
        return RecordReferral::RecordedBefore(referrer);
    }
    if referred.referred_by != Some(named) {
        return RecordReferral::NotReferred;
    }
    match referred.registration {
        Registration::VerificationDue | Registration::BonusDue => return RecordReferral::BonusFirst,
        Registration::DepositDue | Registration::ReferralBonusDue | Registration::Done => {
            return RecordReferral::EndedBefore;
        }
        Registration::ReferralDue => {}
    }
    match found {
        None => RecordReferral::UnknownCode,
        Some(found) if found == referred.user => RecordReferral::SelfReferral,
        Some(found) => RecordReferral::Recorded(Referral {
            referrer: found,
            referred: referred.user,
            level: 1,
            recorded_at: at,
        }),
    }
}

/// The answer to the import of a referral from another system, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportReferral {
    /// The player would be their own referrer.
    SelfReferral,
    /// The same referral exists; nothing changes.
    RecordedBefore,
    ReferredByAnother(UserId),
    /// The player's sign-up is not done yet, so it may still record a referral.
    UnderWay,
    /// The referral can be recorded; this is the write.
    Recorded(Referral),
}

/// Decides on the import of a referral from another system, given the referred player's account. It causes no bonus.
pub fn import_referral(referred: &Account, referrer: UserId, at: Timestamp) -> ImportReferral {
    if referred.user == referrer {
        return ImportReferral::SelfReferral;
    }
    match referred.referrer {
        Some(known) if known == referrer => return ImportReferral::RecordedBefore,
        Some(known) => return ImportReferral::ReferredByAnother(known),
        None => {}
    }
    match referred.registration {
        Registration::VerificationDue
        | Registration::BonusDue
        | Registration::ReferralDue
        | Registration::DepositDue
        | Registration::ReferralBonusDue => ImportReferral::UnderWay,
        Registration::Done => ImportReferral::Recorded(Referral {
            referrer,
            referred: referred.user,
            level: 1,
            recorded_at: at,
        }),
    }
}
