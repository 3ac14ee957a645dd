//! Secrets of 32 random bytes, whose hash is published first (M7): the [`Seed`] of a game and the [`Nonce`] of a bet.

use evens_ledger::{Digest, DigestError};
use ring::hmac;
use std::fmt;
use std::str::FromStr;

/// The secret of a game: 32 random bytes, as text 64 hexadecimal digits. Debug output does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Seed(Digest);

/// The secret of a bet: 32 random bytes that the server draws when the bet is placed, as text 64 hexadecimal digits.
///
/// The answer to the bet contains its hash. The nonce itself is shown once no part of the bet is unmatched. So the
/// player cannot know it earlier, and the server cannot change it later. Debug output does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Nonce(Digest);

macro_rules! secret {
    ($($secret:ident),*) => {$(
        impl $secret {
            pub fn from_bytes(bytes: [u8; 32]) -> Self {
                Self(Digest::from_bytes(bytes))
            }

            /// The SHA-256 of the 32 bytes, which is published first.
            pub fn hash(&self) -> Digest {
                Digest::of(self.0.bytes())
            }

            /// Returns `true` if the hash is that of this secret. The secret was then fixed when the hash was
            /// published, and has not been replaced since.
            pub fn opens(&self, hash: &Digest) -> bool {
                self.hash() == *hash
            }

            /// The secret as text. Store it only where it stays secret, and publish it only when the rules allow it.
            pub fn reveal(&self) -> String {
                self.0.to_string()
            }
        }

        impl FromStr for $secret {
            type Err = DigestError;

            fn from_str(text: &str) -> Result<Self, DigestError> {
                text.parse().map(Self)
            }
        }

        impl fmt::Debug for $secret {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(concat!(stringify!($secret), "(secret)"))
            }
        }
    )*};
}

secret!(Seed, Nonce);

impl Seed {
    /// HMAC-SHA256 of a message, with the 32 bytes of the seed as the key.
    pub fn tag(&self, message: &[u8]) -> [u8; 32] {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.0.bytes());
        let mut tag = [0; 32];
        tag.copy_from_slice(hmac::sign(&key, message).as_ref());
        tag
    }
}
