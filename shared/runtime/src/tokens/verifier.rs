//! [`TokenVerifier`]: verifies access tokens.

use super::{ALGORITHM, Header, Payload, PublicKey};
use crate::BoundedCache;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use evens_ledger::{Digest, UserId};
use evens_players::Role;
use jiff::Timestamp;
use ring::signature::{ED25519, UnparsedPublicKey};
use serde::de::DeserializeOwned;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Verifies tokens. Holds public keys only. Cheap to clone.
#[derive(Debug, Clone)]
pub struct TokenVerifier(Arc<Trust>);

/// The trusted keys, and the expected issuer and audience.
#[derive(Debug)]
struct Trust {
    keys: Vec<PublicKey>,
    issuer: String,
    audience: String,
    /// Verified tokens by the digest of the whole token, signature included, because verifying a signature takes longer
    /// than parsing the rest of a request. Tokens themselves are not stored.
    cache: Mutex<BoundedCache<Digest, VerifiedToken>>,
}

/// The claims of a token with a valid signature, and the start of its validity.
#[derive(Debug, Clone)]
struct VerifiedToken {
    claims: Claims,
    valid_from_second: i64,
}

/// The claims of a valid token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    pub user: UserId,
    /// Permissions beyond the user's own data.
    pub role: Role,
    /// Time of the login. `None` for a token from a refresh.
    pub logged_in_at: Option<Timestamp>,
    /// Start of the token's session. Without the claim, the time of issue.
    pub session_started_at: Timestamp,
    pub issued_at: Timestamp,
    pub expires_at: Timestamp,
    pub id: String,
}

/// The reasons why a token is invalid, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum TokenFault {
    /// No token.
    #[error("There is no bearer token. Send the header Authorization: Bearer and the token.")]
    Missing,
    /// Not a JWT of our form.
    #[error("The token cannot be read.")]
    Malformed,
    /// Another key, issuer, audience or algorithm.
    #[error("The token was not issued for this API, or not by its issuer.")]
    Foreign,
    /// Not valid yet.
    #[error("The token is not valid yet.")]
    Early,
    /// Expired.
    #[error("The token has expired. Get a new one.")]
    Expired,
}

impl TokenVerifier {
    /// Longer than any token that we issue.
    const LENGTH_MAX: usize = 4_096;
    /// Allowed difference between the clocks of issuer and verifier.
    const LEEWAY_SECONDS: i64 = 5;
    /// Maximum number of remembered tokens. Each takes less than a kilobyte.
    const HELD_MAX: usize = 10_000;

    /// A verifier that trusts these keys, for tokens of this issuer and audience.
    pub fn new(keys: Vec<PublicKey>, issuer: impl Into<String>, audience: impl Into<String>) -> Self {
        let (issuer, audience) = (issuer.into(), audience.into());
        let cache = Mutex::new(BoundedCache::of(Self::HELD_MAX));
        Self(Arc::new(Trust { keys, issuer, audience, cache }))
    }

    /// Verifies a token at that time.
    ///
    /// # Errors
    /// In the order of [`TokenFault`].
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<Claims, TokenFault> {
        if token.is_empty() {
            return Err(TokenFault::Missing);
        }
        if token.len() > Self::LENGTH_MAX {
            return Err(TokenFault::Malformed);
        }
        let digest = Digest::of(token.as_bytes());
        let known = self.lock().get(&digest).cloned();
        if let Some(signed) = known {
            return signed.at(now);
        }
        let signed = self.verify_signed(token)?;
        let claims = signed.clone().at(now)?;
        self.lock().insert(digest, signed);
        Ok(claims)
    }

    fn lock(&self) -> MutexGuard<'_, BoundedCache<Digest, VerifiedToken>> {
        self.0.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Verifies everything but the time.
    fn verify_signed(&self, token: &str) -> Result<VerifiedToken, TokenFault> {
        let mut parts = token.split('.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(TokenFault::Malformed);
        };
        let message = &token[..header.len() + 1 + payload.len()];
        let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).map_err(|_| TokenFault::Malformed)?;
        self.verify_signature(&decode(header)?, message, &signature)?;
        self.verify_payload(decode(payload)?)
    }

    fn verify_signature(&self, header: &Header, message: &str, signature: &[u8]) -> Result<(), TokenFault> {
        if header.alg != ALGORITHM || header.crit.is_some() {
            return Err(TokenFault::Foreign);
        }
        let key = self.0.keys.iter().find(|key| key.kid == header.kid);
        let key = key.ok_or(TokenFault::Foreign)?;
        UnparsedPublicKey::new(&ED25519, key.bytes)
            .verify(message.as_bytes(), signature)
            .map_err(|_| TokenFault::Foreign)
    }

    fn verify_payload(&self, payload: Payload) -> Result<VerifiedToken, TokenFault> {
        let malformed = |_| TokenFault::Malformed;
        let user = payload.sub.parse().map_err(|_| TokenFault::Malformed)?;
        let issued_at = Timestamp::from_second(payload.iat).map_err(malformed)?;
        let expires_at = Timestamp::from_second(payload.exp).map_err(malformed)?;
        let logged_in_at = payload.auth_time.map(Timestamp::from_second).transpose().map_err(malformed)?;
        let session_started_at =
            Timestamp::from_second(payload.sst.unwrap_or(payload.iat)).map_err(malformed)?;
        if payload.iss != self.0.issuer || !payload.aud.includes(&self.0.audience) {
            return Err(TokenFault::Foreign);
        }
        let valid_from_second = payload.nbf.unwrap_or(payload.iat).max(payload.iat);
        let claims = Claims {
            user,
            role: payload.role,
            logged_in_at,
            session_started_at,
            issued_at,
            expires_at,
            id: payload.jti,
        };
        Ok(VerifiedToken { claims, valid_from_second })
    }
}

impl VerifiedToken {
    /// Returns the claims if the token is valid at `now`.
    fn at(self, now: Timestamp) -> Result<Claims, TokenFault> {
        let now = now.as_second();
        if now.saturating_add(TokenVerifier::LEEWAY_SECONDS) < self.valid_from_second {
            return Err(TokenFault::Early);
        }
        if now.saturating_sub(TokenVerifier::LEEWAY_SECONDS) >= self.claims.expires_at.as_second() {
            return Err(TokenFault::Expired);
        }
        Ok(self.claims)
    }
}

/// Decodes a part of a token: unpadded base64url, then JSON without repeated fields.
fn decode<T: DeserializeOwned>(part: &str) -> Result<T, TokenFault> {
    let json = BASE64_URL_SAFE_NO_PAD.decode(part).ok();
    let value = json.and_then(|json| serde_json::from_slice(&json).ok());
    value.ok_or(TokenFault::Malformed)
}
