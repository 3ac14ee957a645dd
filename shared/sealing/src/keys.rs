//! [`SealingKeys`]: the keys for sealing, opening and comparing texts.

use crate::{OpenFault, SealedText};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use evens_ledger::Digest;
use evens_runtime::{Entropy, Identity, NoRandomness, StartError, read_secret, variable};
use ring::{aead, hmac};
use std::fmt;
use std::str::FromStr;

/// Keys of 32 bytes, newest first. The newest key seals, and each key opens the texts that it has sealed. The last key
/// makes fingerprints, so it must be kept as long as there are any.
///
/// Its text consists of `kid:base64` pairs separated by commas. A `kid` is 1 to 16 of `a-z`, `0-9` and `-`.
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

/// The reason why a text is not a list of keys, in the order of the checks. It does not contain the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealingKeyFault {
    #[error("a key is not kid:base64")]
    Form,
    #[error("a key does not have 32 bytes")]
    Length,
    #[error("two keys have the same name")]
    Twice,
}

/// The reason why a text is not sealed, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealFault {
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    #[error("the text cannot be encrypted")]
    Cipher,
}

/// The variable with the keys.
const KEYS: &str = "EVENS_PAYEE_KEYS";

/// The variable with the name of a secret in Secrets Manager that contains the keys. It takes precedence over the other
/// one.
const KEYS_SECRET: &str = "EVENS_PAYEE_KEYS_SECRET";

const HINT: &str = "set EVENS_PAYEE_KEYS_SECRET to the name of a secret with kid:base64 of 32 random bytes, \
                    or EVENS_PAYEE_KEYS to that text; `evens key generate --payees` prints a new key";

impl SealingKeys {
    /// Reads the secret named by `EVENS_PAYEE_KEYS_SECRET` with this identity, or else `EVENS_PAYEE_KEYS`.
    ///
    /// # Errors
    /// See [`SealingKeys::from_lookup`].
    pub async fn from_env(identity: &Identity) -> Result<Self, StartError> {
        Self::from_lookup(identity, variable).await
    }

    /// Reads the variables through `lookup`. An empty value counts as not set.
    ///
    /// # Errors
    /// 1. No variable contains keys.
    /// 2. Secrets Manager does not return the secret.
    /// 3. The value is not a list of keys. The error does not contain it.
    pub async fn from_lookup(
        identity: &Identity,
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, StartError> {
        let lookup = |name: &str| lookup(name).filter(|text| !text.is_empty());
        let (name, text) = match (lookup(KEYS_SECRET), lookup(KEYS)) {
            (Some(secret), _) => (KEYS_SECRET, read_secret(identity, &secret, HINT).await?),
            (None, Some(text)) => (KEYS, text),
            (None, None) => return Err(StartError::new("no key to encrypt payee accounts is set", HINT)),
        };
        text.trim().parse().map_err(|fault: SealingKeyFault| {
            StartError::new(format!("the keys in {name} are invalid"), HINT).caused_by(fault)
        })
    }

    /// A single key with this name.
    pub fn from_bytes(kid: &str, bytes: [u8; 32]) -> Self {
        Self { newest: SealingKey { kid: kid.to_owned(), bytes }, older: Vec::new() }
    }

    /// A single new key with this name.
    ///
    /// # Errors
    /// The system provides no random numbers.
    pub fn generate(kid: &str, entropy: &Entropy) -> Result<Self, NoRandomness> {
        Ok(Self::from_bytes(kid, entropy.bytes()?))
    }

    /// The keys as text. The caller must keep it secret.
    pub fn reveal(&self) -> String {
        let pairs = self.all().map(|key| format!("{}:{}", key.kid, BASE64_STANDARD.encode(key.bytes)));
        pairs.collect::<Vec<_>>().join(",")
    }

    /// Seals a text for a place, for example an item. The text can be opened only for the same place.
    ///
    /// # Errors
    /// See [`SealFault`] for the order of the checks.
    pub fn seal(&self, text: &str, place: &str, entropy: &Entropy) -> Result<SealedText, SealFault> {
        let nonce = entropy.bytes()?;
        let key = self.newest.aead().ok_or(SealFault::Cipher)?;
        let mut bytes = text.as_bytes().to_vec();
        let unique = aead::Nonce::assume_unique_for_key(nonce);
        key.seal_in_place_append_tag(unique, aead::Aad::from(place.as_bytes()), &mut bytes)
            .map_err(|_| SealFault::Cipher)?;
        Ok(SealedText::new(self.newest.kid.clone(), nonce, bytes))
    }

    /// Opens a text that was sealed for this place.
    ///
    /// # Errors
    /// See [`OpenFault`] for the order of the checks.
    pub fn open(&self, sealed: &SealedText, place: &str) -> Result<String, OpenFault> {
        let key = self.all().find(|key| key.kid == sealed.kid()).and_then(SealingKey::aead);
        let key = key.ok_or(OpenFault::UnknownKey)?;
        let mut bytes = sealed.bytes().to_vec();
        let nonce = aead::Nonce::assume_unique_for_key(sealed.nonce());
        let text = key.open_in_place(nonce, aead::Aad::from(place.as_bytes()), &mut bytes);
        let text = text.map_err(|_| OpenFault::Broken)?;
        String::from_utf8(text.to_vec()).map_err(|_| OpenFault::Broken)
    }

    /// Decrypts a sealed text as it is stored, with [`Self::open`]. A text of another form is [`OpenFault::Broken`].
    pub fn open_stored(&self, stored: &str, place: &str) -> Result<String, OpenFault> {
        self.open(&stored.parse().map_err(|_| OpenFault::Broken)?, place)
    }

    /// A keyed hash that identifies a text without revealing it.
    pub fn fingerprint(&self, text: &str) -> Digest {
        let oldest = hmac::Key::new(hmac::HMAC_SHA256, &self.older.last().unwrap_or(&self.newest).bytes);
        // Fingerprints use a derived key, because a key must have one purpose only.
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

/// Shows only the names of the keys.
impl fmt::Debug for SealingKeys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kids: Vec<_> = self.all().map(|key| key.kid.as_str()).collect();
        write!(formatter, "SealingKeys({})", kids.join(", "))
    }
}
