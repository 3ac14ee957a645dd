//! Secrets of 32 random bytes, whose hash is public before they are: [`Seed`], of a game, and [`Nonce`], of a bet (M7).

use evens_ledger::{Digest, DigestError};
use ring::hmac;
use std::fmt;
use std::str::FromStr;

/// A game's secret: 32 random bytes, 64 hexadecimal digits as text. It prints as nothing until it is revealed.
#[derive(Clone, PartialEq, Eq)]
pub struct Seed(Digest);

/// A bet's secret: 32 random bytes that the server draws when the bet is placed, 64 hexadecimal digits as text. Its
/// hash is in the answer to the bet, and the nonce itself is told when nothing of the bet waits any more: so the player
/// cannot know it before, and the server cannot change it afterwards. It prints as nothing until it is revealed.
#[derive(Clone, PartialEq, Eq)]
pub struct Nonce(Digest);

macro_rules! secret {
    ($($secret:ident),*) => {$(
        impl $secret {
            /// The secret of those random bytes.
            pub fn from_bytes(bytes: [u8; 32]) -> Self {
                Self(Digest::from_bytes(bytes))
            }

            /// The SHA-256 of its 32 bytes: public first.
            pub fn hash(&self) -> Digest {
                Digest::of(self.0.bytes())
            }

            /// Whether it is the secret whose hash was public: so it was fixed then, and nobody has put another in its
            /// place since.
            pub fn opens(&self, hash: &Digest) -> bool {
                self.hash() == *hash
            }

            /// Its text: to be stored where it is kept secret, and published when it may be.
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
