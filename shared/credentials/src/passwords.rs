//! [`Passwords`]: hashes and checks passwords.

use crate::PasswordParameters;
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash as Phc, Salt};
use argon2::password_hash::{Error as HashError, PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use evens_contracts::Problem;
use evens_http::Refusal;
use evens_players::Password;
use evens_runtime::telemetry::chain;
use evens_runtime::{Entropy, NoRandomness, StartError};
use evens_store::PasswordHash;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// Hashes and checks passwords, on a limited number of threads; further requests wait. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Passwords(Arc<Hashing>);

#[derive(Debug)]
struct Hashing {
    argon2: Argon2<'static>,
    turns: Arc<Semaphore>,
    /// A hash without a password, checked for unknown phone numbers.
    decoy: PasswordHash,
}

/// The result of a password check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The password is right.
    Right {
        /// A new hash to store, if the old one was made with other parameters or without normalisation.
        rehashed: Option<PasswordHash>,
    },
    /// The password is wrong, or there is none.
    Wrong,
}

/// The reasons why a password was neither hashed nor checked.
#[derive(Debug, thiserror::Error)]
pub enum PasswordFailure {
    /// Too many requests wait for their turn.
    #[error("too many passwords are waiting to be hashed")]
    Busy,
    /// No random salt.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    /// The stored hash is malformed, or hashing failed.
    #[error("a password cannot be hashed or checked: {0}")]
    Failed(String),
}

/// `503` if a retry may help, else `500`. The cause is logged here, once.
impl From<PasswordFailure> for Refusal {
    fn from(failure: PasswordFailure) -> Self {
        let error = chain(&failure);
        match failure {
            PasswordFailure::Busy => {
                tracing::warn!(error, "The password threads did not get to a request in time");
                Self(Problem::unavailable())
            }
            PasswordFailure::NoRandomness(_) | PasswordFailure::Failed(_) => {
                tracing::error!(error, "A password could not be hashed or checked");
                Self(Problem::internal())
            }
        }
    }
}

impl Passwords {
    /// Maximum time that a request waits for its turn.
    const WAIT_MAX: Duration = Duration::from_secs(3);

    /// Hashes with these parameters on up to `threads` threads.
    ///
    /// # Errors
    /// Argon2 rejects the parameters, or the system has no randomness.
    pub fn new(parameters: PasswordParameters, threads: NonZeroUsize) -> Result<Self, StartError> {
        let PasswordParameters { memory_kib, passes, lanes } = parameters;
        let params = Params::new(memory_kib, passes, lanes, None).map_err(|error| {
            let message =
                format!("Argon2 cannot work with {memory_kib} KiB, {passes} passes and {lanes} lanes");
            StartError::new(message, "set EVENS_ARGON2, for example to m=9216,t=4,p=1")
                .caused_by(error.to_string())
        })?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let failed = |error: PasswordFailure| {
            StartError::new("passwords cannot be hashed", "report this").caused_by(error)
        };
        let decoy = draw_decoy(&argon2).map_err(failed)?;
        Ok(Self(Arc::new(Hashing { argon2, turns: Arc::new(Semaphore::new(threads.get())), decoy })))
    }

    /// Hashes a password with a new salt.
    pub async fn hash(&self, password: Password) -> Result<PasswordHash, PasswordFailure> {
        self.on_thread(move |hashing| hash(&hashing.argon2, password.as_bytes())).await
    }

    /// Checks a password against a hash. Without a hash the result is [`Verdict::Wrong`], after the same time.
    ///
    /// Hashes of earlier versions are of the password as typed. Such a password is checked in both forms.
    pub async fn verify(
        &self,
        password: impl Into<Arc<Password>>,
        stored: Option<PasswordHash>,
    ) -> Result<Verdict, PasswordFailure> {
        let password = password.into();
        self.on_thread(move |hashing| {
            let argon2 = &hashing.argon2;
            let against = stored.as_ref().unwrap_or(&hashing.decoy);
            let phc = Phc::new(against.as_phc()).map_err(failed)?;
            let is_normalised = matches(argon2, password.as_bytes(), &phc)?;
            let is_right = match password.as_typed() {
                Some(typed) if !is_normalised => matches(argon2, typed, &phc)?,
                _ => is_normalised,
            };
            if !is_right || stored.is_none() {
                return Ok(Verdict::Wrong);
            }
            let has_parameters = Params::try_from(&phc).is_ok_and(|params| same(&params, argon2.params()));
            let is_current = is_normalised && has_parameters;
            let rehashed = (!is_current).then(|| hash(argon2, password.as_bytes())).transpose()?;
            Ok(Verdict::Right { rehashed })
        })
        .await
    }

    /// Runs `work` on a blocking thread when it is its turn. If the request is cancelled, the turn is released when the
    /// work is done, not before.
    async fn on_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Hashing) -> Result<T, PasswordFailure> + Send + 'static,
    ) -> Result<T, PasswordFailure> {
        let hashing = self.0.clone();
        let turn = timeout(Self::WAIT_MAX, hashing.turns.clone().acquire_owned()).await;
        let Ok(Ok(turn)) = turn else {
            return Err(PasswordFailure::Busy);
        };
        let worked = tokio::task::spawn_blocking(move || {
            let worked = work(&hashing);
            drop(turn);
            worked
        });
        worked.await.unwrap_or_else(|error| Err(PasswordFailure::Failed(error.to_string())))
    }
}

fn matches(argon2: &Argon2<'_>, password: &[u8], phc: &Phc) -> Result<bool, PasswordFailure> {
    match argon2.verify_password(password, phc) {
        Ok(()) => Ok(true),
        Err(HashError::PasswordInvalid) => Ok(false),
        Err(error) => Err(failed(error)),
    }
}

fn hash(argon2: &Argon2<'_>, password: &[u8]) -> Result<PasswordHash, PasswordFailure> {
    let salt: [u8; 16] = Entropy::system().bytes()?;
    let hashed = argon2.hash_password_with_salt(password, &salt).map_err(failed)?;
    Ok(PasswordHash::new(hashed.to_string()))
}

/// A decoy with a random salt and output, which is as long as a real hash and takes as long to check. Computing a real
/// one would dominate the start of a function.
fn draw_decoy(argon2: &Argon2<'_>) -> Result<PasswordHash, PasswordFailure> {
    let salt: [u8; 16] = Entropy::system().bytes()?;
    let output: [u8; 32] = Entropy::system().bytes()?;
    let decoy = Phc {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(argon2.params()).map_err(failed)?,
        salt: Some(Salt::new(&salt).map_err(failed)?),
        hash: Some(Output::new(&output).map_err(failed)?),
    };
    Ok(PasswordHash::new(decoy.to_string()))
}

fn same(one: &Params, other: &Params) -> bool {
    (one.m_cost(), one.t_cost(), one.p_cost()) == (other.m_cost(), other.t_cost(), other.p_cost())
}

fn failed(error: impl std::fmt::Display) -> PasswordFailure {
    PasswordFailure::Failed(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A decoy cannot be told from a real hash, and no password matches it.
    #[test]
    fn a_decoy_is_as_any_hash() {
        let params = Params::new(64, 3, 2, None).expect("parameters");
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let hashed = hash(&argon2, b"correct horse battery").expect("a hash");
        let decoy = draw_decoy(&argon2).expect("a decoy");
        let parts = |hash: &PasswordHash| {
            let phc = Phc::new(hash.as_phc()).expect("a hash");
            let lengths = (phc.salt.map(|salt| salt.len()), phc.hash.map(|output| output.len()));
            (phc.algorithm, phc.version, phc.params, lengths)
        };
        assert_eq!(parts(&decoy), parts(&hashed));
        assert_ne!(decoy.as_phc(), draw_decoy(&argon2).expect("another").as_phc());
        let phc = Phc::new(decoy.as_phc()).expect("a hash");
        assert_eq!(argon2.verify_password(b"correct horse battery", &phc), Err(HashError::PasswordInvalid));
    }
}
