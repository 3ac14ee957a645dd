//! [`Settings`]: what is served, to whom, and whom it calls.

use crate::Signer;
use crate::core;
use axum::http::Uri;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use ring::rand::SystemRandom;
use std::fmt;
use std::path::PathBuf;
use thiserror::Error;

/// What is served, to whom, and whom it calls.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How long things take, and what they cost.
    pub rules: core::Settings,
    /// What callers of the API hold.
    pub key: ApiKey,
    /// Where callbacks go. None: they are told to nobody, and only logged.
    pub callbacks: Option<Callbacks>,
    /// How browsers reach the pay page, without a path: `https://pay.example.com`. None: by the address it listens
    /// on.
    pub public_url: Option<Uri>,
    /// The file that keeps the state over a restart, and over a kill of the process, not over a power cut. None: it
    /// is gone with the process. Only one process may have it.
    pub state_file: Option<PathBuf>,
}

/// What callers of the API hold. It is compared in a time that does not depend on how much is right.
#[derive(Clone)]
pub struct ApiKey {
    prover: hmac::Key,
    proof: hmac::Tag,
}

/// Where callbacks go, and what they are signed with.
#[derive(Clone)]
pub struct Callbacks {
    pub(crate) url: Uri,
    pub(crate) signer: Signer,
}

/// Why settings are none. It does not repeat what was given.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum SettingsError {
    /// A key that is guessed, or does not fit into a header.
    #[error("a key has at least {} visible ASCII characters", ApiKey::LENGTH_MIN)]
    Key,
    /// The system gave no random numbers.
    #[error("the system gave no random numbers")]
    NoRandomness,
    /// Not a URL to send callbacks to.
    #[error("callbacks go to an http or https URL with a host")]
    CallbackUrl,
}

impl ApiKey {
    /// How many characters a key has at least.
    pub const LENGTH_MIN: usize = 16;

    /// The key with that text.
    pub fn new(text: &str) -> Result<Self, SettingsError> {
        if text.len() < Self::LENGTH_MIN || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(SettingsError::Key);
        }
        let prover = hmac::Key::generate(hmac::HMAC_SHA256, &SystemRandom::new());
        let prover = prover.map_err(|_| SettingsError::NoRandomness)?;
        let proof = hmac::sign(&prover, text.as_bytes());
        Ok(Self { prover, proof })
    }

    /// Whether a value of `Authorization` has it: `Bearer KEY`, or `Basic` with any user name and the key as
    /// password.
    pub(crate) fn is_in(&self, authorization: &str) -> bool {
        let Some((scheme, credentials)) = authorization.split_once(' ') else { return false };
        if scheme.eq_ignore_ascii_case("bearer") {
            self.is(credentials.as_bytes())
        } else if scheme.eq_ignore_ascii_case("basic") {
            STANDARD.decode(credentials).is_ok_and(|pair| {
                let colon = pair.iter().position(|byte| *byte == b':');
                colon.is_some_and(|colon| self.is(&pair[colon + 1..]))
            })
        } else {
            false
        }
    }

    fn is(&self, text: &[u8]) -> bool {
        hmac::verify(&self.prover, text, self.proof.as_ref()).is_ok()
    }
}

/// Without the key.
impl fmt::Debug for ApiKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ApiKey")
    }
}

impl Callbacks {
    /// Callbacks go there, signed so.
    pub fn new(url: Uri, signer: Signer) -> Result<Self, SettingsError> {
        let is_http = matches!(url.scheme_str(), Some("http" | "https"));
        let has_host = url.host().is_some_and(|host| !host.is_empty());
        if is_http && has_host { Ok(Self { url, signer }) } else { Err(SettingsError::CallbackUrl) }
    }

    pub(crate) fn is_encrypted(&self) -> bool {
        self.url.scheme_str() == Some("https")
    }
}

/// The host: path and query may be what the receiver knows us by.
impl fmt::Debug for Callbacks {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Callbacks(to {})", self.url.host().unwrap_or_default())
    }
}
