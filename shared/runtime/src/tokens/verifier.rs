//! [`TokenVerifier`]: whether a token holds, and for whom.

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

/// Checks tokens. Holds public keys only. Cheap to clone.
#[derive(Debug, Clone)]
pub struct TokenVerifier(Arc<Trust>);

/// Whom we believe, and what must be meant for us.
#[derive(Debug)]
struct Trust {
    keys: Vec<PublicKey>,
    issuer: String,
    audience: String,
    /// Tokens that have held, by the digest of all of each, its signature included: to check a signature takes longer
    /// than the rest of reading a request. No token is kept.
    held: Mutex<BoundedCache<Digest, Signed>>,
}

/// What a token says that we have issued, and since when it may be used.
#[derive(Debug, Clone)]
struct Signed {
    claims: Claims,
    valid_from_second: i64,
}

/// What a token that holds says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// Whose token it is.
    pub user: UserId,
    /// What it allows beyond what is the user's own.
    pub role: Role,
    /// When the user logged in; none where the token carries an older login on.
    pub logged_in_at: Option<Timestamp>,
    /// When the session started that the token is of; of a token that does not say so, when it was issued.
    pub session_started_at: Timestamp,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// The token's own id.
    pub id: String,
}

/// Why a token does not hold. Variants stand in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum TokenFault {
    /// There is none.
    #[error("There is no bearer token. Send the header Authorization: Bearer and the token.")]
    Missing,
    /// It is no JWT of the form that we issue.
    #[error("The token cannot be read.")]
    Malformed,
    /// Another key, issuer, audience or algorithm.
    #[error("The token was not issued for this API, or not by its issuer.")]
    Foreign,
    /// Its time has not come.
    #[error("The token is not valid yet.")]
    Early,
    /// Its time is over.
    #[error("The token has expired. Get a new one.")]
    Expired,
}

impl TokenVerifier {
    /// No token that we issue is nearly as long.
    const LENGTH_MAX: usize = 4_096;
    /// How far the clocks of issuer and verifier may be apart.
    const LEEWAY_SECONDS: i64 = 5;
    /// How many tokens are known again. Each takes less than a kilobyte.
    const HELD_MAX: usize = 10_000;

    /// A verifier that believes these keys, for tokens of this issuer to this audience.
    pub fn new(keys: Vec<PublicKey>, issuer: impl Into<String>, audience: impl Into<String>) -> Self {
        let (issuer, audience) = (issuer.into(), audience.into());
        let held = Mutex::new(BoundedCache::of(Self::HELD_MAX));
        Self(Arc::new(Trust { keys, issuer, audience, held }))
    }

    /// Checks a token at that time.
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
        let known = self.held().get(&digest).cloned();
        if let Some(signed) = known {
            return signed.at(now);
        }
        let signed = self.verify_signed(token)?;
        let claims = signed.clone().at(now)?;
        self.held().insert(digest, signed);
        Ok(claims)
    }

    fn held(&self) -> MutexGuard<'_, BoundedCache<Digest, Signed>> {
        self.0.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All but whether its time has come, and is not over.
    fn verify_signed(&self, token: &str) -> Result<Signed, TokenFault> {
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

    fn verify_payload(&self, payload: Payload) -> Result<Signed, TokenFault> {
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
        Ok(Signed { claims, valid_from_second })
    }
}

impl Signed {
    /// What it says, if it may be used now.
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

/// One part of a token: base64url without padding, then JSON in which no field stands twice.
fn decode<T: DeserializeOwned>(part: &str) -> Result<T, TokenFault> {
    let json = BASE64_URL_SAFE_NO_PAD.decode(part).ok();
    let value = json.and_then(|json| serde_json::from_slice(&json).ok());
    value.ok_or(TokenFault::Malformed)
}
