//! Tokens: JWTs signed with Ed25519, verified strictly.
//!
//! Decision: `ring` directly. `jsonwebtoken` reads the wall clock itself, keeps its cryptography provider in a process
//! global that panics while unset, and offers a dozen algorithms of which we reject all but one. Without those, only
//! splitting at two dots and parsing two JSON objects remain, which is done below.
//!
//! Architecture invariant: the validity of a token depends only on the token, the verifier and the given time. The
//! algorithm follows from the key, never from the token, whose `alg` must match. Claims are not parsed before the
//! signature is verified. Tokens are never logged.
//!
//! A token with a valid signature is remembered by its SHA-256 while it is among the newest; then only its times are
//! checked again. Blocks, lost roles and ended sessions are checked on the account, not here.

mod key;
mod signer;
mod verifier;

pub use evens_players::Role;
pub use key::{PublicKey, PublicKeyError};
pub use signer::{SigningKeyError, TokenSigner, TokenSubject};
pub use verifier::{Claims, TokenFault, TokenVerifier};

use serde::{Deserialize, Serialize};

/// The only algorithm: Ed25519 (RFC 8037).
const ALGORITHM: &str = "EdDSA";

/// The first part of a token.
#[derive(Debug, Serialize, Deserialize)]
struct Header {
    alg: String,
    kid: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    typ: Option<String>,
    /// Extensions that must be understood. None are supported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    crit: Option<Vec<String>>,
}

/// The second part of a token.
#[derive(Debug, Serialize, Deserialize)]
struct Payload {
    iss: String,
    aud: Audience,
    sub: String,
    #[serde(default)]
    role: Role,
    iat: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nbf: Option<i64>,
    exp: i64,
    /// Time of the login (standard claim). Missing in a token from a refresh.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    auth_time: Option<i64>,
    /// Start of the token's session, kept across refreshes. A private claim.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sst: Option<i64>,
    /// The epoch of the account's sessions. A private claim, missing in epoch 0.
    #[serde(default, skip_serializing_if = "is_zero")]
    epo: u64,
    jti: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_zero(epoch: &u64) -> bool {
    *epoch == 0
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Audience {
    fn includes(&self, audience: &str) -> bool {
        match self {
            Self::One(one) => one == audience,
            Self::Several(several) => several.iter().any(|one| one == audience),
        }
    }
}
