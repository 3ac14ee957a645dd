//! [`SealingKeys`]: what seals, what opens, and what compares.

use crate::{OpenFault, Sealed};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use evens_ledger::Digest;
use evens_runtime::{Entropy, Identity, NoRandomness, StartError, read_secret, variable};
use ring::{aead, hmac};
use std::fmt;
use std::str::FromStr;

/// Keys of 32 bytes, the newest first. The newest one seals, each opens what it has sealed, and the last one makes
/// fingerprints: it stays as long as there are any.
///
/// Its text is `kid:base64` pairs with commas between them; a `kid` is 1 to 16 of `a-z`, `0-9` and `-`.
#[derive(Clone)]
pub struct SealingKeys {
    newest: SealingKey,
    older: Vec<SealingKey>,
}

#[derive(Clone)]
struct SealingKey {
    kid: String,
    bytes: [u8; 32],
}

/// Why a text is no list of keys, in the order of the checks. It does not say what the text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealingKeyFault {
    /// Not `kid:base64`.
    #[error("a key is not kid:base64")]
    Form,
    /// Not 32 bytes.
    #[error("a key does not have 32 bytes")]
    Length,
    /// Two keys have one name.
    #[error("two keys have one name")]
    Twice,
}

/// Why nothing is sealed, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealFault {
    /// The system gives no random numbers.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    /// The cipher takes no such text.
    #[error("the cipher does not take the text")]
    Cipher,
}

/// The variable that says the keys.
const KEYS: &str = "EVENS_PAYEE_KEYS";

/// The variable that names the secret in Secrets Manager that says them. It goes before the other one.
const KEYS_SECRET: &str = "EVENS_PAYEE_KEYS_SECRET";

const HINT: &str = "set EVENS_PAYEE_KEYS_SECRET to a secret that holds kid:base64 of 32 random bytes, or EVENS_PAYEE_KEYS \
                    to that text; `evens key generate --payees` prints one";

impl SealingKeys {
    /// Reads the secret that `EVENS_PAYEE_KEYS_SECRET` names, as that identity, or else `EVENS_PAYEE_KEYS`.
    ///
    /// # Errors
    /// As [`SealingKeys::from_lookup`].
    pub async fn from_env(identity: &Identity) -> Result<Self, StartError> {
        Self::from_lookup(identity, variable).await
    }

    /// Reads variables from wherever they are. An empty one counts as not set.
    ///
    /// # Errors
    /// 1. No variable says the keys.
    /// 2. Secrets Manager does not give the secret.
    /// 3. What is said is no list of keys. The error does not repeat it.
    pub async fn from_lookup(
        identity: &Identity,
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, StartError> {
        let lookup = |name: &str| lookup(name).filter(|text| !text.is_empty());
        let (name, text) = match (lookup(KEYS_SECRET), lookup(KEYS)) {
            (Some(secret), _) => (KEYS_SECRET, read_secret(identity, &secret, HINT).await?),
            (None, Some(text)) => (KEYS, text),
            (None, None) => return Err(StartError::new("there is no key to seal payees with", HINT)),
        };
        text.trim().parse().map_err(|fault: SealingKeyFault| {
            StartError::new(format!("the keys of {name} cannot be used"), HINT).caused_by(fault)
        })
    }

    /// One key of that name.
    pub fn from_bytes(kid: &str, bytes: [u8; 32]) -> Self {
        Self { newest: SealingKey { kid: kid.to_owned(), bytes }, older: Vec::new() }
    }

    /// One new key of that name.
    ///
    /// # Errors
    /// The system gives no random numbers.
    pub fn generate(kid: &str, entropy: &Entropy) -> Result<Self, NoRandomness> {
        Ok(Self::from_bytes(kid, entropy.bytes()?))
    }

    /// The text, for who keeps it secret.
    pub fn reveal(&self) -> String {
        let pairs = self.all().map(|key| format!("{}:{}", key.kid, BASE64_STANDARD.encode(key.bytes)));
        pairs.collect::<Vec<_>>().join(",")
    }

    /// Seals a text for one place. Whoever opens it must name the same place.
    ///
    /// # Errors
    /// In the order of [`SealFault`].
    pub fn seal(&self, text: &str, place: &str, entropy: &Entropy) -> Result<Sealed, SealFault> {
        let nonce = entropy.bytes()?;
        let key = self.newest.aead().ok_or(SealFault::Cipher)?;
        let mut bytes = text.as_bytes().to_vec();
        let unique = aead::Nonce::assume_unique_for_key(nonce);
        key.seal_in_place_append_tag(unique, aead::Aad::from(place.as_bytes()), &mut bytes)
            .map_err(|_| SealFault::Cipher)?;
        Ok(Sealed::new(self.newest.kid.clone(), nonce, bytes))
    }

    /// Opens what was sealed for that place.
    ///
    /// # Errors
    /// In the order of [`OpenFault`].
    pub fn open(&self, sealed: &Sealed, place: &str) -> Result<String, OpenFault> {
        let key = self.all().find(|key| key.kid == sealed.kid()).and_then(SealingKey::aead);
        let key = key.ok_or(OpenFault::UnknownKey)?;
        let mut bytes = sealed.bytes().to_vec();
        let nonce = aead::Nonce::assume_unique_for_key(sealed.nonce());
        let text = key.open_in_place(nonce, aead::Aad::from(place.as_bytes()), &mut bytes);
        let text = text.map_err(|_| OpenFault::Broken)?;
        String::from_utf8(text.to_vec()).map_err(|_| OpenFault::Broken)
    }

    /// What tells a text apart from all others without telling what it is.
    pub fn fingerprint(&self, text: &str) -> Digest {
        let oldest = hmac::Key::new(hmac::HMAC_SHA256, &self.older.last().unwrap_or(&self.newest).bytes);
        // Another use, another key.
        let key = hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(&oldest, b"fingerprint").as_ref());
        let mut digest = [0; 32];
        digest.copy_from_slice(hmac::sign(&key, text.as_bytes()).as_ref());
        Digest::from_bytes(digest)
    }

    fn all(&self) -> impl Iterator<Item = &SealingKey> {
        std::iter::once(&self.newest).chain(&self.older)
    }
}

impl SealingKey {
    fn aead(&self) -> Option<aead::LessSafeKey> {
        aead::UnboundKey::new(&aead::AES_256_GCM, &self.bytes).ok().map(aead::LessSafeKey::new)
    }
}

impl FromStr for SealingKeys {
    type Err = SealingKeyFault;

    fn from_str(text: &str) -> Result<Self, SealingKeyFault> {
        let mut keys: Vec<SealingKey> = Vec::new();
        for pair in text.split(',').map(str::trim) {
            let (kid, encoded) = pair.split_once(':').ok_or(SealingKeyFault::Form)?;
            let is_allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            if !(1..=16).contains(&kid.len()) || !kid.bytes().all(is_allowed) {
                return Err(SealingKeyFault::Form);
            }
            let bytes = BASE64_STANDARD.decode(encoded).map_err(|_| SealingKeyFault::Form)?;
            let bytes = bytes.try_into().map_err(|_| SealingKeyFault::Length)?;
            if keys.iter().any(|known| known.kid == kid) {
                return Err(SealingKeyFault::Twice);
            }
            keys.push(SealingKey { kid: kid.to_owned(), bytes });
        }
        let newest = keys.remove(0);
        Ok(Self { newest, older: keys })
    }
}

/// Their names.
impl fmt::Debug for SealingKeys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kids: Vec<_> = self.all().map(|key| key.kid.as_str()).collect();
        write!(formatter, "SealingKeys({})", kids.join(", "))
    }
}
