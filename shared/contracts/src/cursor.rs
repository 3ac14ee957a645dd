//! [`Cursor`]: where the next page of a list starts; opaque to the client.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use std::fmt;
use std::str::FromStr;

/// The next page holds what is older than the ledger entry of this number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// The number of the last entry of the page before.
    pub before: u64,
}

/// The text is not a cursor that this API gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a cursor that an earlier page gave")]
pub struct CursorError;

impl fmt::Display for Cursor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&BASE64_URL_SAFE_NO_PAD.encode(format!("before:{}", self.before)))
    }
}

impl FromStr for Cursor {
    type Err = CursorError;

    fn from_str(text: &str) -> Result<Self, CursorError> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| CursorError)?;
        let number = str::from_utf8(&bytes).ok().and_then(|text| text.strip_prefix("before:"));
        let before = number.and_then(|number| number.parse().ok()).ok_or(CursorError)?;
        let cursor = Self { before };
        if cursor.to_string() == text { Ok(cursor) } else { Err(CursorError) }
    }
}
