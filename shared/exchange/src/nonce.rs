//! [`Nonce`]: what the server draws for each bet, so that nobody can choose a bet by its outcome (M7).

use evens_ledger::{Digest, DigestError};
use std::fmt;
use std::str::FromStr;

/// A bet's secret: 32 random bytes that the server draws when the bet is placed, 64 hexadecimal digits as text. Its hash
/// is in the answer to the bet, and the nonce itself is told when nothing of the bet waits any more: so the player cannot
/// know it before, and the server cannot change it afterwards. It prints as nothing until it is revealed.
#[derive(Clone, PartialEq, Eq)]
pub struct Nonce(Digest);

impl Nonce {
    /// The nonce of those random bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Digest::from_bytes(bytes))
    }

    /// The SHA-256 of the nonce's 32 bytes.
    pub fn hash(&self) -> Digest {
        Digest::of(self.0.bytes())
    }

    /// The nonce's text: to be stored, and told when the bet is matched.
    pub fn reveal(&self) -> String {
        self.0.to_string()
    }
}

impl FromStr for Nonce {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, DigestError> {
        text.parse().map(Self)
    }
}

impl fmt::Debug for Nonce {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Nonce(secret)")
    }
}
