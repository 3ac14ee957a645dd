//! What the functions that log players in need: passwords, the key that signs tokens, sessions, and codes that prove
//! phone numbers.
//!
//! Only these functions depend on this crate, so only they can hold the private key. Passwords are hashed with
//! Argon2id on threads of their own: a hash takes tens of milliseconds of a core, in which the event loop would answer
//! nobody.
//!
//! Architecture invariant: no password, hash, code or token leaves this crate in a log, an error or a `Debug`.

mod codes;
mod cookies;
mod passwords;
mod sessions;
mod settings;
mod signing_key;

pub use codes::Codes;
pub use cookies::{PresentedToken, SessionCookie, SetCookies};
pub use passwords::{PasswordFailure, Passwords, Verdict};
pub use sessions::Sessions;
pub use settings::{CredentialSettings, PasswordParameters};
pub use signing_key::load_signing_key;

use evens_players::PhoneNumber;
use evens_runtime::tokens::TokenSigner;
use evens_runtime::{Identity, Need, Settings, StartError, variable};
use std::sync::Arc;

/// Everything that it takes to log a player in. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// Hashes and checks passwords.
    pub passwords: Passwords,
    /// Opens and carries on sessions.
    pub sessions: Sessions,
    /// Hashes and checks codes that prove phone numbers.
    pub codes: Codes,
}

impl Credentials {
    /// Reads the environment of a function that has use for these settings, and the signing key from where it says that
    /// it is. The numbering plans, which whoever logs in needs for their phone number, are loaded beside that: no start
    /// waits for them, and the first request hardly.
    ///
    /// # Errors
    /// 1. A variable that cannot be used ([`CredentialSettings`]).
    /// 2. A key that is not there or cannot sign.
    pub async fn from_env(needs: &[Need]) -> Result<Self, StartError> {
        let function = Settings::of_function(needs, variable)?;
        let settings = CredentialSettings::of_function(function.stage, variable)?;
        std::thread::spawn(PhoneNumber::load_plans);
        let signer = load_signing_key(&Identity::from_env(), &settings, &function).await?;
        Self::new(signer, &settings)
    }

    /// The same with a key that is known, as the `evens` binary has it on one's own machine.
    ///
    /// # Errors
    /// Argon2 does not take the parameters.
    pub fn new(signer: TokenSigner, settings: &CredentialSettings) -> Result<Self, StartError> {
        let signer = Arc::new(signer);
        Ok(Self {
            passwords: Passwords::new(settings.password, settings.password_threads)?,
            sessions: Sessions::sharing(signer.clone()),
            codes: Codes::new(signer),
        })
    }
}
