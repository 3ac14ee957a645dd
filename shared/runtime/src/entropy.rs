//! Secrets of rounds: the only random numbers that decide about money, from the system's generator.

use evens_exchange::Seed;
use ring::rand::{SecureRandom, SystemRandom};
use std::io;

/// A new secret for a round. Fails where the system has no random numbers.
pub fn new_seed() -> io::Result<Seed> {
    let mut bytes = [0; 32];
    let filled = SystemRandom::new().fill(&mut bytes);
    filled.map_err(|_| io::Error::other("the system gives no random numbers"))?;
    Ok(Seed::from_bytes(bytes))
}
