//! [`VerificationCode`]: what a player is sent to prove that a phone number is theirs, and [`SentCode`], what is kept
//! of it.

use evens_ledger::{Digest, UserId};
use jiff::{SignedDuration, Timestamp};
use std::fmt;
use std::str::FromStr;

/// Six digits: in memory and on the way to the player, and never printed or stored.
#[derive(Clone, PartialEq, Eq)]
pub struct VerificationCode(u32);

/// The text is not six digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not six digits")]
pub struct VerificationCodeError;

impl VerificationCode {
    const DIGITS: usize = 6;
    const COUNT: u64 = 1_000_000;

    /// The code of those random bytes. Of 2^64 numbers no code has more than one in 10^13 too many.
    pub fn from_random(bytes: [u8; 8]) -> Self {
        let number = u64::from_be_bytes(bytes) % Self::COUNT;
        Self(u32::try_from(number).unwrap_or_default())
    }

    /// The digits, for the player alone.
    pub fn reveal(&self) -> String {
        format!("{:06}", self.0)
    }
}

impl FromStr for VerificationCode {
    type Err = VerificationCodeError;

    fn from_str(text: &str) -> Result<Self, VerificationCodeError> {
        let is_code = text.len() == Self::DIGITS && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|_| is_code).map(Self).ok_or(VerificationCodeError)
    }
}

impl fmt::Debug for VerificationCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("VerificationCode(..)")
    }
}

/// What is kept of the newest code that a player was sent: a hash that nobody makes without a key, as there are few
/// codes to try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SentCode {
    /// Who was sent it.
    pub user: UserId,
    /// Its keyed hash.
    pub hash: Digest,
    /// How many codes were tried.
    pub tries: u32,
    /// When it was sent.
    pub sent_at: Timestamp,
}

impl SentCode {
    /// How long a code holds.
    pub const LIFETIME: SignedDuration = SignedDuration::from_mins(10);
    /// How many codes may be tried.
    pub const TRIES_MAX: u32 = 5;

    /// A code that is sent now, of which nothing was tried yet.
    pub fn new(user: UserId, hash: Digest, now: Timestamp) -> Self {
        Self { user, hash, tries: 0, sent_at: now }
    }

    /// When it holds no more.
    pub fn expires_at(&self) -> Timestamp {
        self.sent_at.checked_add(Self::LIFETIME).unwrap_or(Timestamp::MAX)
    }
}
