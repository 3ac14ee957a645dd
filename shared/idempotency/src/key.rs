//! [`IdempotencyKey`]: the name that a client gives a request.

use std::fmt;
use std::str::FromStr;

/// The key under which a client repeats a request: 1 to 255 printable ASCII characters.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(String);

/// The reason why a text is not a key, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdempotencyKeyError {
    #[error("is empty")]
    Empty,
    #[error("is longer than {} characters", IdempotencyKey::LENGTH_MAX)]
    TooLong,
    #[error("has a character that is not printable ASCII")]
    NotPrintable,
}

impl IdempotencyKey {
    /// In characters.
    pub const LENGTH_MAX: usize = 255;

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for IdempotencyKey {
    type Err = IdempotencyKeyError;

    fn from_str(text: &str) -> Result<Self, IdempotencyKeyError> {
        match text {
            "" => Err(IdempotencyKeyError::Empty),
            _ if text.chars().count() > Self::LENGTH_MAX => Err(IdempotencyKeyError::TooLong),
            _ if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) => Ok(Self(text.to_owned())),
            _ => Err(IdempotencyKeyError::NotPrintable),
        }
    }
}

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for IdempotencyKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
