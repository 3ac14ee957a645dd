//! [`Code`]: digits that are sent to a player, to prove that a phone number is theirs. [`SentCode`]: the stored hash of
//! those that verify the number of an account.

use evens_ledger::{Digest, UserId};
use jiff::{SignedDuration, Timestamp};
use std::fmt;
use std::str::FromStr;

/// A code of so many digits. It is only in memory and in the message to the player; it is never printed or stored.
#[derive(Clone, PartialEq, Eq)]
pub struct Code<const DIGITS: usize>(u32);

/// The code that verifies a phone number.
pub type VerificationCode = Code<6>;

/// The code that sets a new password. A stranger can request one, so it is longer.
pub type RecoveryCode = Code<8>;

/// A text that is not a code of so many digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be {} digits", in_words(*.0))]
pub struct CodeError(pub usize);

fn in_words(digits: usize) -> String {
    match digits {
        6 => "six".to_owned(),
        8 => "eight".to_owned(),
        other => other.to_string(),
    }
}

impl<const DIGITS: usize> Code<DIGITS> {
    const COUNT: u64 = {
        let (mut count, mut digits) = (1, 0);
        while digits < DIGITS {
            (count, digits) = (count * 10, digits + 1);
        }
        count
    };

    /// Derives a code from random bytes. The bias is below one in 10^11 for every code.
    pub fn from_random(bytes: [u8; 8]) -> Self {
        let number = u64::from_be_bytes(bytes) % Self::COUNT;
        Self(u32::try_from(number).unwrap_or_default())
    }

    /// The digits, for the player only.
    pub fn reveal(&self) -> String {
        format!("{:0DIGITS$}", self.0)
    }
}

impl<const DIGITS: usize> FromStr for Code<DIGITS> {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<Self, CodeError> {
        let is_code = text.len() == DIGITS && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|_| is_code).map(Self).ok_or(CodeError(DIGITS))
    }
}

impl<const DIGITS: usize> fmt::Debug for Code<DIGITS> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Code(..)")
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
