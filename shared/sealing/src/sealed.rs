//! [`Sealed`]: a text that only its key opens.

use base64::Engine;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use ring::aead::NONCE_LEN;
use std::fmt;
use std::str::FromStr;

/// A sealed text, as the table has it: `v1.{kid}.{base64 of nonce, ciphertext and tag}`.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed {
    kid: String,
    nonce: [u8; NONCE_LEN],
    bytes: Vec<u8>,
}

/// The text is none that was sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is no sealed text")]
pub struct SealedFault;

/// Why a sealed text does not open, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenFault {
    /// The key that sealed it is not known.
    #[error("the key that sealed it is not known")]
    UnknownKey,
    /// It was changed, or sealed for another place.
    #[error("it was changed, or sealed for another place")]
    Broken,
}

impl Sealed {
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

impl fmt::Display for Sealed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = [self.nonce.as_slice(), &self.bytes].concat();
        write!(formatter, "v1.{}.{}", self.kid, BASE64_STANDARD_NO_PAD.encode(all))
    }
}

impl FromStr for Sealed {
    type Err = SealedFault;

    fn from_str(text: &str) -> Result<Self, SealedFault> {
        let (kid, encoded) =
            text.strip_prefix("v1.").and_then(|rest| rest.split_once('.')).ok_or(SealedFault)?;
        let all = BASE64_STANDARD_NO_PAD.decode(encoded).map_err(|_| SealedFault)?;
        let (nonce, bytes) = all.split_first_chunk().ok_or(SealedFault)?;
        Ok(Self { kid: kid.to_owned(), nonce: *nonce, bytes: bytes.to_vec() })
    }
}

/// The name of the key.
impl fmt::Debug for Sealed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Sealed(with {})", self.kid)
    }
}
