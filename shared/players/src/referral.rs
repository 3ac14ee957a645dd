//! Referrals: the code that a player hands on, and the rule that records who came by it.

use crate::{Account, Registration};
use evens_ledger::UserId;
use jiff::Timestamp;
use std::fmt;
use std::str::FromStr;

/// Crockford's digits: those that people mistake for another are left out.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The code that a player hands on: 40 random bits as 8 characters of Crockford's base 32.
///
/// ```
/// use evens_players::ReferralCode;
/// let code = ReferralCode::from_random([0, 0, 0, 0, 1]);
/// assert_eq!(code.to_string(), "00000001");
/// assert_eq!("oooo-oool".parse(), Ok(code)); // as it may come back from a person
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ReferralCode(u64);

/// The text is not a referral code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a referral code: 8 letters and digits")]
pub struct ReferralCodeError;

impl ReferralCode {
    /// Characters of a code.
    pub const LENGTH: usize = 8;

    /// The code of those random bytes.
    pub fn from_random(bytes: [u8; 5]) -> Self {
        Self(bytes.iter().fold(0, |bits, byte| bits << 8 | u64::from(*byte)))
    }
}

impl FromStr for ReferralCode {
    type Err = ReferralCodeError;

    /// Reads a code as people write it: in either case, with hyphens, with O for 0 and I or L for 1.
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

/// That one player brought another: an edge of the tree of referrals. It is active for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Referral {
    /// Whose code it was.
    pub referrer: UserId,
    /// Who signed up with it.
    pub referred: UserId,
    /// Steps between them: 1, as only direct referrals are recorded.
    pub level: u32,
    /// When it was recorded.
    pub recorded_at: Timestamp,
}

impl Referral {
    /// What became of it, as readers of the tree are told.
    pub const STATUS: &'static str = "active";
}

/// What becomes of a referral that is to be recorded. The variants stand in the order of the checks: the first that
/// applies is the answer. A repeat is answered before anything that depends on who has the code today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordReferral {
    /// It was recorded before; this is the referrer.
    RecordedBefore(UserId),
    /// The player signed up without a code or with another one: no client can ask for that.
    NotReferred,
    /// The bonus of the sign-up is still owed, and comes first.
    BonusFirst,
    /// The sign-up ended without a referral, as its code was nobody's or the player's own.
    EndedBefore,
    /// Nobody has the code.
    UnknownCode,
    /// The code is the player's own.
    SelfReferral,
    /// The referral can be recorded; this is to be written.
    Recorded(Referral),
}

/// Decides on a referral from what was read: the account of who signed up, and who was `found` to have the code that is
/// `named`. What the account says counts, so a code that it does not name records nothing.
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

/// What becomes of an edge of a tree that was kept elsewhere. The variants stand in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportReferral {
    /// Nobody brings themselves.
    SelfReferral,
    /// It is there; nothing changes.
    RecordedBefore,
    /// Somebody else brought the player.
    ReferredByAnother(UserId),
    /// The player's own sign-up is not done yet, and may still record a referral.
    UnderWay,
    /// The edge can be recorded; this is to be written.
    Recorded(Referral),
}

/// Decides on an edge of a tree that was kept elsewhere, from the account of who was referred. No bonus follows.
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
