//! [`VerificationCode`]: a code sent to a player to prove that a phone number is theirs. [`SentCode`]: the stored hash
//! of it.

use evens_ledger::{Digest, UserId};
use jiff::{SignedDuration, Timestamp};
use std::fmt;
use std::str::FromStr;

/// A code of six digits. It is only in memory and in the message to the player; it is never printed or stored.
#[derive(Clone, PartialEq, Eq)]
pub struct VerificationCode(u32);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be six digits")]
pub struct VerificationCodeError;

impl VerificationCode {
    const DIGITS: usize = 6;
    const COUNT: u64 = 1_000_000;

    /// Derives a code from random bytes. The bias is below one in 10^13 for every code.
    pub fn from_random(bytes: [u8; 8]) -> Self {
        let number = u64::from_be_bytes(bytes) % Self::COUNT;
        Self(u32::try_from(number).unwrap_or_default())
    }

    /// The digits, for the player only.
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

/// The newest code sent to a player, stored as a keyed hash. Without the key all million codes could be tried against
/// it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SentCode {
    pub user: UserId,
    pub hash: Digest,
    /// The number of codes the player has tried.
    pub tries: u32,
    pub sent_at: Timestamp,
}

impl SentCode {
    /// The time until a code expires.
    pub const LIFETIME: SignedDuration = SignedDuration::from_mins(10);
    /// The maximum number of codes that can be tried.
    pub const TRIES_MAX: u32 = 5;

    /// A code that is sent now and has not been tried.
    pub fn new(user: UserId, hash: Digest, now: Timestamp) -> Self {
        Self { user, hash, tries: 0, sent_at: now }
    }

    pub fn expires_at(&self) -> Timestamp {
        self.sent_at.checked_add(Self::LIFETIME).unwrap_or(Timestamp::MAX)
    }
}
