//! Tokens: JWTs signed with Ed25519, checked strictly.
//!
//! Decision: `ring` directly. `jsonwebtoken` reads the wall clock itself, keeps its cryptography in a global of the
//! process that panics while it is not set, and offers a dozen algorithms of which we refuse all but one. What is left
//! of it without them is splitting at two dots and reading two JSON objects, which stands below.
//!
//! Architecture invariant: whether a token holds depends on the token, the verifier and the time that is passed in. The
//! algorithm comes from the key, never from the token; the token's own word for it must agree. Claims are not read
//! before the signature holds. Tokens are never logged.
//!
//! A token whose signature was good is known again by its SHA-256, for as long as it is among the newest; only its time
//! is looked at again. It cannot be taken back before it ends: what a block or a lost role means is asked of the
//! account.

mod key;
mod signer;
mod verifier;

pub use evens_players::Role;
pub use key::{PublicKey, PublicKeyError};
pub use signer::{SigningKeyError, TokenSigner};
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
    /// Extensions that must be understood. We understand none.
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
    /// When the user logged in (the standard claim); not in a token that carries a login on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    auth_time: Option<i64>,
    /// When the session started that the token is of; carried on with it. A claim of our own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sst: Option<i64>,
    jti: String,
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
