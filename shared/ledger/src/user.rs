//! [`UserId`]: the owner of a wallet.

use std::fmt;
use std::str::FromStr;

/// A player's number, 1 to 9,223,372,036,854,775,807, the range of BIGINT in the old system.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UserId(u64);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a whole number from 1 to {}", i64::MAX)]
pub struct UserIdError;

impl UserId {
    /// Returns an error for zero and for numbers above the range.
    pub fn new(number: u64) -> Result<Self, UserIdError> {
        if (1..=i64::MAX.unsigned_abs()).contains(&number) { Ok(Self(number)) } else { Err(UserIdError) }
    }

    pub fn number(self) -> u64 {
        self.0
    }
}

impl FromStr for UserId {
    type Err = UserIdError;

    fn from_str(text: &str) -> Result<Self, UserIdError> {
        let is_canonical = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
        if !is_canonical {
            return Err(UserIdError);
        }
        text.parse().map_err(|_| UserIdError).and_then(Self::new)
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, formatter)
    }
}

impl fmt::Debug for UserId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, formatter)
    }
}
