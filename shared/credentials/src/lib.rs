//! Login: passwords, the token signing key, sessions, and codes that verify phone numbers.
//!
//! Only the functions that log players in depend on this crate, so only they can hold the private key. Passwords are
//! hashed with Argon2id on separate threads, because a hash takes tens of milliseconds of a core and would block the
//! event loop.
//!
//! Architecture invariant: no password, hash, code or token leaves this crate in a log, an error or a `Debug`.

mod codes;
mod cookie_name;
mod cookies;
mod passwords;
mod sessions;
mod settings;
mod signing_key;

pub use codes::Codes;
pub use cookies::{PresentedToken, SessionCookie, SessionPage, SetCookies};
pub use passwords::{PasswordFailure, Passwords, Verdict};
pub use sessions::Sessions;
pub use settings::{CredentialSettings, PasswordParameters};
pub use signing_key::load_signing_key;

use evens_players::PhoneNumber;
use evens_runtime::tokens::TokenSigner;
use evens_runtime::{Function, Identity, Settings, StartError, variable};
use std::sync::Arc;

/// The services needed to log a player in. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Credentials {
    pub passwords: Passwords,
    pub sessions: Sessions,
    pub codes: Codes,
}

impl Credentials {
    /// Reads the environment of a function, and loads the signing key it names. The phone numbering plans are loaded in
    /// parallel, so that the start does not wait for them and the first request hardly does.
    ///
    /// # Errors
    /// 1. A malformed variable ([`CredentialSettings`]).
    /// 2. A missing signing key, or one that cannot sign.
    pub async fn from_env(function: &Function) -> Result<Self, StartError> {
        let function = Settings::of_function(function, variable)?;
        let settings = CredentialSettings::of_function(function.stage, variable)?;
        std::thread::spawn(PhoneNumber::load_plans);
        let signer = load_signing_key(&Identity::from_env(), &settings, &function).await?;
        Self::new(signer, &settings)
    }

    /// The same with a given key, as used by the `evens` binary in the local stage.
    ///
    /// # Errors
    /// Argon2 rejects the parameters.
    pub fn new(signer: TokenSigner, settings: &CredentialSettings) -> Result<Self, StartError> {
        let signer = Arc::new(signer);
        Ok(Self {
            passwords: Passwords::new(settings.password, settings.password_threads)?,
            sessions: Sessions::sharing(signer.clone()),
            codes: Codes::new(signer),
        })
    }
}
