//! [`Settings`]: the rules, credentials and addresses of a served provider.

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

#[derive(Clone, Debug)]
pub struct Settings {
    /// The delays and fees.
    pub rules: core::Settings,
    /// The key of the API's callers.
    pub key: ApiKey,
    /// The receiver of callbacks. `None`: callbacks are only logged.
    pub callbacks: Option<Callbacks>,
    /// The public URL of the payment page without a path: `https://pay.example.com`. `None`: the listening address.
    pub public_url: Option<Uri>,
    /// The file that stores the state. It survives a restart and a kill of the process, but not a power cut. `None`:
    /// the state ends with the process. Only one process may use the file.
    pub state_file: Option<PathBuf>,
}

/// The key of the API's callers. It is compared in constant time.
#[derive(Clone)]
pub struct ApiKey {
    prover: hmac::Key,
    proof: hmac::Tag,
}

/// The receiver of callbacks, and the signer for them.
#[derive(Clone)]
pub struct Callbacks {
    pub(crate) url: Uri,
    pub(crate) signer: Signer,
}

/// The reason why settings are invalid. It does not repeat the input.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum SettingsError {
    /// The key is too short, or not valid in a header.
    #[error("the key must have at least {} visible ASCII characters", ApiKey::LENGTH_MIN)]
    Key,
    /// The operating system returned no random numbers.
    #[error("the system's random number generator failed")]
    NoRandomness,
    /// The callback URL is invalid.
    #[error("the callback URL must be http or https and have a host")]
    CallbackUrl,
}

impl ApiKey {
    /// The least number of characters of a key.
    pub const LENGTH_MIN: usize = 16;

    /// The key with this text.
    pub fn new(text: &str) -> Result<Self, SettingsError> {
        if text.len() < Self::LENGTH_MIN || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(SettingsError::Key);
        }
        let prover = hmac::Key::generate(hmac::HMAC_SHA256, &SystemRandom::new());
        let prover = prover.map_err(|_| SettingsError::NoRandomness)?;
        let proof = hmac::sign(&prover, text.as_bytes());
        Ok(Self { prover, proof })
    }

    /// Returns whether an `Authorization` value contains the key: `Bearer KEY`, or `Basic` with any user name and the
    /// key as password.
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

/// Hides the key.
impl fmt::Debug for ApiKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ApiKey")
    }
}

impl Callbacks {
    /// Callbacks to this URL with this signer.
    pub fn new(url: Uri, signer: Signer) -> Result<Self, SettingsError> {
        let is_http = matches!(url.scheme_str(), Some("http" | "https"));
        let has_host = url.host().is_some_and(|host| !host.is_empty());
        if is_http && has_host { Ok(Self { url, signer }) } else { Err(SettingsError::CallbackUrl) }
    }

    pub(crate) fn is_encrypted(&self) -> bool {
        self.url.scheme_str() == Some("https")
    }
}

/// Shows only the host, because path and query may identify the caller.
impl fmt::Debug for Callbacks {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Callbacks(to {})", self.url.host().unwrap_or_default())
    }
}
