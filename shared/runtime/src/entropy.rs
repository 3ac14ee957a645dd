//! Secrets of rounds: the only random numbers that decide about money, from the system's generator.

use evens_exchange::Seed;
use ring::rand::{SecureRandom, SystemRandom};

/// The system gives no random numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the system gives no random numbers")]
pub struct NoRandomness;

/// A new secret for a round.
pub fn new_seed() -> Result<Seed, NoRandomness> {
    let mut bytes = [0; 32];
    SystemRandom::new().fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(Seed::from_bytes(bytes))
}
