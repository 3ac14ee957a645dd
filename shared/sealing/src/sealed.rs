//! [`SealedText`]: an encrypted text.

use base64::Engine;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use ring::aead::NONCE_LEN;
use std::fmt;
use std::str::FromStr;

/// A sealed text as stored in the table: `v1.{kid}.{base64 of nonce, ciphertext and tag}`.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedText {
    kid: String,
    nonce: [u8; NONCE_LEN],
    bytes: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not an encrypted text")]
pub struct SealedFault;

/// The reason why a sealed text cannot be opened, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenFault {
    #[error("the key that encrypted it is unknown")]
    UnknownKey,
    #[error("it was changed, or encrypted for another record")]
    Broken,
}

impl SealedText {
    pub(crate) fn new(kid: String, nonce: [u8; NONCE_LEN], bytes: Vec<u8>) -> Self {
        Self { kid, nonce, bytes }
    }

    pub(crate) fn kid(&self) -> &str {
        &self.kid
    }

    pub(crate) fn nonce(&self) -> [u8; NONCE_LEN] {
        self.nonce
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl fmt::Display for SealedText {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = [self.nonce.as_slice(), &self.bytes].concat();
        write!(formatter, "v1.{}.{}", self.kid, BASE64_STANDARD_NO_PAD.encode(all))
    }
}

impl FromStr for SealedText {
    type Err = SealedFault;

    fn from_str(text: &str) -> Result<Self, SealedFault> {
        let (kid, encoded) =
            text.strip_prefix("v1.").and_then(|rest| rest.split_once('.')).ok_or(SealedFault)?;
        let all = BASE64_STANDARD_NO_PAD.decode(encoded).map_err(|_| SealedFault)?;
        let (nonce, bytes) = all.split_first_chunk().ok_or(SealedFault)?;
        Ok(Self { kid: kid.to_owned(), nonce: *nonce, bytes: bytes.to_vec() })
    }
}

/// Shows only the name of the key.
impl fmt::Debug for SealedText {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Sealed(with {})", self.kid)
    }
}
