//! [`PublicKey`]: a named key that verifies tokens.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use std::fmt;
use std::str::FromStr;

/// An Ed25519 public key and its name. Text form: `kid:base64`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    /// The `kid` of its tokens.
    pub kid: String,
    pub bytes: [u8; 32],
}

/// The reasons why a text is not a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PublicKeyError {
    /// Not of the form `kid:base64`.
    #[error("is not of the form kid:base64")]
    Form,
    /// The part after the colon is not a key.
    #[error("is not 32 bytes in base64 after the colon")]
    Bytes,
}

impl FromStr for PublicKey {
    type Err = PublicKeyError;

    fn from_str(text: &str) -> Result<Self, PublicKeyError> {
        let (kid, encoded) = text.split_once(':').ok_or(PublicKeyError::Form)?;
        let is_name =
            kid.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
        if kid.is_empty() || !is_name {
            return Err(PublicKeyError::Form);
        }
        let bytes = BASE64_STANDARD.decode(encoded).map_err(|_| PublicKeyError::Bytes)?;
        Ok(Self { kid: kid.to_owned(), bytes: bytes.try_into().map_err(|_| PublicKeyError::Bytes)? })
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.kid, BASE64_STANDARD.encode(self.bytes))
    }
}
