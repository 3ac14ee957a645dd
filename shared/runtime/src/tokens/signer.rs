//! [`TokenSigner`]: signs access tokens. Only functions that log players in have one.

use super::{ALGORITHM, Audience, Header, Payload, PublicKey};
use crate::Entropy;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use evens_ledger::{Digest, UserId};
use evens_players::Role;
use jiff::Timestamp;
use ring::hmac;
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde::Serialize;
use std::fmt;
use std::time::Duration;

/// Signs tokens.
pub struct TokenSigner {
    kid: String,
    pair: Ed25519KeyPair,
    /// Derived from the private key for other purposes.
    hashing: hmac::Key,
    issuer: String,
    audience: String,
}

/// The account that a token is for, as it is when the token is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenSubject {
    pub user: UserId,
    pub role: Role,
    /// The epoch of the session that the token belongs to.
    pub session_epoch: u64,
}

/// The reasons why a key cannot be loaded, or a token cannot be signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SigningKeyError {
    /// Not an Ed25519 key in PKCS#8.
    #[error("the signing key is not an Ed25519 key in PKCS#8 format")]
    Form,
    /// The system's random generator failed.
    #[error("the system's random number generator failed")]
    NoRandomness,
    /// The key's name does not fit into `kid:base64`.
    #[error("the name of the signing key may contain only letters, digits, '-', '_' and '.'")]
    Name,
}

impl TokenSigner {
    /// Generates a private key in PKCS#8. The caller must store it securely.
    pub fn generate_pkcs8() -> Result<Vec<u8>, SigningKeyError> {
        let key = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new());
        key.map(|key| key.as_ref().to_vec()).map_err(|_| SigningKeyError::NoRandomness)
    }

    /// A signer with that private key and name.
    pub fn from_pkcs8(
        kid: impl Into<String>,
        pkcs8: &[u8],
        issuer: impl Into<String>,
        audience: impl Into<String>,
    ) -> Result<Self, SigningKeyError> {
        let pair = Ed25519KeyPair::from_pkcs8(pkcs8).map_err(|_| SigningKeyError::Form)?;
        let secret = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, pkcs8), b"keyed hashes");
        let hashing = hmac::Key::new(hmac::HMAC_SHA256, secret.as_ref());
        let signer =
            Self { kid: kid.into(), pair, hashing, issuer: issuer.into(), audience: audience.into() };
        let written: Result<PublicKey, _> = signer.public_key().to_string().parse();
        written.map(|_| signer).map_err(|_| SigningKeyError::Name)
    }

    /// The public key that verifies this signer's tokens.
    pub fn public_key(&self) -> PublicKey {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(self.pair.public_key().as_ref());
        PublicKey { kid: self.kid.clone(), bytes }
    }

    /// A token for a user whose sessions were never ended at once.
    pub fn sign(
        &self,
        user: UserId,
        role: Role,
        now: Timestamp,
        lifetime: Duration,
    ) -> Result<String, SigningKeyError> {
        self.sign_login(TokenSubject { user, role, session_epoch: 0 }, now, lifetime)
    }

    /// A token for a user who has just logged in. Their session starts now.
    pub fn sign_login(
        &self,
        subject: TokenSubject,
        now: Timestamp,
        lifetime: Duration,
    ) -> Result<String, SigningKeyError> {
        self.sign_with(subject, Some(now.as_second()), now, now, lifetime)
    }

    /// A token for a refreshed session.
    pub fn carry_on(
        &self,
        subject: TokenSubject,
        session_started_at: Timestamp,
        now: Timestamp,
        lifetime: Duration,
    ) -> Result<String, SigningKeyError> {
        self.sign_with(subject, None, session_started_at, now, lifetime)
    }

    /// A hash of a text for one purpose that cannot be computed without the private key. It becomes useless when the
    /// key is replaced.
    pub fn keyed_hash(&self, purpose: &str, text: &str) -> Digest {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(hmac::sign(&self.hashing, hashed(purpose, text).as_bytes()).as_ref());
        Digest::from_bytes(bytes)
    }

    /// Checks a keyed hash in constant time.
    pub fn is_keyed_hash(&self, purpose: &str, text: &str, hash: &Digest) -> bool {
        hmac::verify(&self.hashing, hashed(purpose, text).as_bytes(), hash.bytes().as_slice()).is_ok()
    }

    fn sign_with(
        &self,
        subject: TokenSubject,
        auth_time: Option<i64>,
        session_started_at: Timestamp,
        now: Timestamp,
        lifetime: Duration,
    ) -> Result<String, SigningKeyError> {
        let id: [u8; 16] = Entropy::system().bytes().map_err(|_| SigningKeyError::NoRandomness)?;
        let TokenSubject { user, role, session_epoch } = subject;
        let iat = now.as_second();
        let payload = Payload {
            iss: self.issuer.clone(),
            aud: Audience::One(self.audience.clone()),
            sub: user.to_string(),
            role,
            iat,
            nbf: None,
            exp: iat.saturating_add_unsigned(lifetime.as_secs()),
            auth_time,
            sst: Some(session_started_at.as_second()),
            epo: session_epoch,
            jti: BASE64_URL_SAFE_NO_PAD.encode(id),
        };
        let header = Header {
            alg: ALGORITHM.to_owned(),
            kid: self.kid.clone(),
            typ: Some("JWT".to_owned()),
            crit: None,
        };
        let message = format!("{}.{}", encode(&header), encode(&payload));
        let signature = BASE64_URL_SAFE_NO_PAD.encode(self.pair.sign(message.as_bytes()));
        Ok(format!("{message}.{signature}"))
    }
}

/// Prints the name of the key, never the key.
impl fmt::Debug for TokenSigner {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "TokenSigner({})", self.kid)
    }
}

fn hashed(purpose: &str, text: &str) -> String {
    format!("{purpose}\n{text}")
}

fn encode(part: &impl Serialize) -> String {
    // Structs of strings and numbers always serialize.
    let json = serde_json::to_vec(part).unwrap_or_default();
    BASE64_URL_SAFE_NO_PAD.encode(json)
}
