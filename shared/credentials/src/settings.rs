//! [`CredentialSettings`]: settings of passwords and keys from the environment.

use evens_runtime::{Stage, StartError, require_set, variable};
use std::num::NonZeroUsize;
use std::thread;

/// Cost parameters of Argon2id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordParameters {
    /// In KiB.
    pub memory_kib: u32,
    pub passes: u32,
    pub lanes: u32,
}

/// Settings from the environment.
///
/// | variable | default | meaning |
/// |---|---|---|
/// | `EVENS_ARGON2` | `m=9216,t=4,p=1` | memory in KiB, passes and lanes of Argon2id; outside the local stage no weaker than [`PasswordParameters::STRONG_ENOUGH`] |
/// | `EVENS_PASSWORD_THREADS` | the number of cores | number of passwords hashed concurrently |
/// | `EVENS_TOKEN_SIGNING_KEY_SECRET` | none | the secret in Secrets Manager that contains `kid:base64`, the private token signing key in PKCS#8 |
/// | `EVENS_TOKEN_SIGNING_KEY` | none | the same text directly, for systems without Secrets Manager |
#[derive(Clone, PartialEq, Eq)]
pub struct CredentialSettings {
    pub password: PasswordParameters,
    /// Number of passwords hashed concurrently.
    pub password_threads: NonZeroUsize,
    /// The name of the secret with the signing key.
    pub signing_key_secret: Option<String>,
    /// The signing key as text.
    pub signing_key: Option<String>,
}

impl PasswordParameters {
    /// The choice of OWASP's password storage guide that hashes the most passwords per second when several are hashed
    /// concurrently. OWASP calls its choices equally strong (decision 081).
    pub const DEFAULT: Self = Self { memory_kib: 9_216, passes: 4, lanes: 1 };

    /// OWASP's pairs of memory in KiB and passes: less memory needs more passes
    /// ([guide](https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html)).
    pub const STRONG_ENOUGH: [(u32, u32); 5] =
        [(47_104, 1), (19_456, 2), (12_288, 3), (9_216, 4), (7_168, 5)];

    fn is_strong_enough(self) -> bool {
        let keeps = |(memory_kib, passes)| self.memory_kib >= memory_kib && self.passes >= passes;
        Self::STRONG_ENOUGH.into_iter().any(keeps)
    }

    fn parse(stage: Stage, text: &str) -> Result<Self, StartError> {
        let hint = "set EVENS_ARGON2 to KiB of memory, passes and lanes, such as m=9216,t=4,p=1";
        let wrong = || StartError::new(format!("EVENS_ARGON2 cannot be {text:?}"), hint);
        let mut parameters = Self::DEFAULT;
        for part in text.split(',') {
            let (name, value) = part.trim().split_once('=').ok_or_else(wrong)?;
            let value = value.parse().map_err(|_| wrong())?;
            match name {
                "m" => parameters.memory_kib = value,
                "t" => parameters.passes = value,
                "p" => parameters.lanes = value,
                _ => return Err(wrong()),
            }
        }
        if stage != Stage::Local && !parameters.is_strong_enough() {
            let message = format!("EVENS_ARGON2 is too weak for the stage {}: {text:?}", stage.as_str());
            return Err(StartError::new(message, hint));
        }
        Ok(parameters)
    }
}

impl CredentialSettings {
    /// Reads the environment.
    ///
    /// # Errors
    /// The first malformed variable, in the order of the table above.
    pub fn from_env(stage: Stage) -> Result<Self, StartError> {
        Self::from_lookup(stage, variable)
    }

    /// Reads the environment of a function.
    ///
    /// # Errors
    /// 1. `EVENS_ARGON2` is missing ([`require_set`]).
    /// 2. Those of [`CredentialSettings::from_env`].
    pub fn of_function(stage: Stage, lookup: impl Fn(&str) -> Option<String>) -> Result<Self, StartError> {
        require_set(stage, ["EVENS_ARGON2"].into_iter(), &lookup)?;
        Self::from_lookup(stage, lookup)
    }

    /// Reads variables through `lookup`. An empty value counts as unset.
    ///
    /// # Errors
    /// Those of [`CredentialSettings::from_env`].
    pub fn from_lookup(stage: Stage, lookup: impl Fn(&str) -> Option<String>) -> Result<Self, StartError> {
        let lookup = |name: &str| lookup(name).filter(|value| !value.is_empty());
        let password = match lookup("EVENS_ARGON2") {
            Some(text) => PasswordParameters::parse(stage, &text)?,
            None => PasswordParameters::DEFAULT,
        };
        let password_threads = match lookup("EVENS_PASSWORD_THREADS") {
            Some(text) => text.parse().map_err(|_| {
                let message = format!("EVENS_PASSWORD_THREADS cannot be {text:?}");
                StartError::new(message, "set EVENS_PASSWORD_THREADS to 1 or more")
            })?,
            None => thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
        };
        Ok(Self {
            password,
            password_threads,
            signing_key_secret: lookup("EVENS_TOKEN_SIGNING_KEY_SECRET"),
            signing_key: lookup("EVENS_TOKEN_SIGNING_KEY"),
        })
    }
}

/// Never prints the key.
impl std::fmt::Debug for CredentialSettings {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { password, password_threads, signing_key_secret, .. } = self;
        formatter
            .debug_struct("CredentialSettings")
            .field("password", password)
            .field("password_threads", password_threads)
            .field("signing_key_secret", signing_key_secret)
            .finish_non_exhaustive()
    }
}
