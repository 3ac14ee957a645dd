//! [`Passwords`]: hashes passwords, and checks them.

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

/// Hashes passwords and checks them, so many at once as there are threads for it; the others wait. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Passwords(Arc<Hashing>);

#[derive(Debug)]
struct Hashing {
    argon2: Argon2<'static>,
    turns: Arc<Semaphore>,
    /// A hash that is of no password, for phone numbers that nobody has.
    decoy: PasswordHash,
}

/// Whether a password is the right one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is. Where its hash was made with other parameters than today's, a new one is here.
    Right {
        /// The hash to keep from now on.
        rehashed: Option<PasswordHash>,
    },
    /// It is not, or there is none.
    Wrong,
}

/// Why a password was neither hashed nor checked.
#[derive(Debug, thiserror::Error)]
pub enum PasswordFailure {
    /// Too many wait for their turn.
    #[error("too many passwords wait to be hashed")]
    Busy,
    /// No salt.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    /// The stored hash is none, or the hashing ended badly.
    #[error("a password cannot be hashed or checked: {0}")]
    Failed(String),
}

/// `503` where waiting may help, else `500`. The cause is logged here, once.
impl From<PasswordFailure> for Refusal {
    fn from(failure: PasswordFailure) -> Self {
        let error = chain(&failure);
        match failure {
            PasswordFailure::Busy => {
                tracing::warn!(error, "The request was not carried out in time by the password threads");
                Self(Problem::unavailable())
            }
            PasswordFailure::NoRandomness(_) | PasswordFailure::Failed(_) => {
                tracing::error!(error, "The request failed in the password threads");
                Self(Problem::internal())
            }
        }
    }
}

impl Passwords {
    /// For how long a password waits for its turn.
    const WAIT_MAX: Duration = Duration::from_secs(3);

    /// Hashes with these parameters, on so many threads at once.
    ///
    /// # Errors
    /// Argon2 does not take the parameters, or the system gives no random numbers.
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

    /// The hash of a password, with a salt of its own.
    pub async fn hash(&self, password: Password) -> Result<PasswordHash, PasswordFailure> {
        self.on_thread(move |hashing| hash(&hashing.argon2, password.as_bytes())).await
    }

    /// Whether a password is the one of that hash. Without a hash it is wrong, and finding that out takes as long.
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
            match (argon2.verify_password(password.as_bytes(), &phc), stored.is_some()) {
                (Ok(()), true) => {
                    let is_current =
                        Params::try_from(&phc).is_ok_and(|params| same(&params, argon2.params()));
                    let rehashed = (!is_current).then(|| hash(argon2, password.as_bytes())).transpose()?;
                    Ok(Verdict::Right { rehashed })
                }
                (Ok(()) | Err(HashError::PasswordInvalid), _) => Ok(Verdict::Wrong),
                (Err(error), _) => Err(failed(error)),
            }
        })
        .await
    }

    /// Runs it on a thread where blocking is allowed, when it is its turn. A request that is given up meanwhile leaves
    /// its turn to the next one when the hash is done, not before.
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

fn hash(argon2: &Argon2<'_>, password: &[u8]) -> Result<PasswordHash, PasswordFailure> {
    let salt: [u8; 16] = Entropy::system().bytes()?;
    let hashed = argon2.hash_password_with_salt(password, &salt).map_err(failed)?;
    Ok(PasswordHash::new(hashed.to_string()))
}

/// Salt and output are drawn: a hash that is as long as any other, and takes as long to check. To compute one would be
/// most of a function's start.
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

    /// But for what was drawn, nobody tells it from a hash of a password; and no password is its own.
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
