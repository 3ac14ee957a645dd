//! Secrets, from the system's generator: those of rounds are the only random numbers that decide about money.

use evens_exchange::Seed;
use ring::rand::{SecureRandom, SystemRandom};

/// The system gives no random numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the system gives no random numbers")]
pub struct NoRandomness;

/// A new secret for a round.
pub fn new_seed() -> Result<Seed, NoRandomness> {
    random_bytes().map(Seed::from_bytes)
}

/// So many bytes that nobody can guess.
pub fn random_bytes<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(bytes)
}
