//! [`Entropy`]: the source of secrets. The secrets of rounds and bets are the only random numbers that decide about
//! money.
//!
//! Pauses and offsets are not secret. They use `fastrand` with its per-thread generator.

use evens_contracts::TraceParent;
use evens_draws::{Nonce, Seed};
use ring::rand::{SecureRandom, SystemRandom};
use std::fmt;
use std::sync::Arc;

/// Returns unpredictable bytes. Architecture invariant: the only place that reads the system's randomness.
#[derive(Clone)]
pub struct Entropy(Arc<Fill>);

type Fill = dyn Fn(&mut [u8]) -> Result<(), NoRandomness> + Send + Sync;

/// The system's random generator failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the system's random number generator failed")]
pub struct NoRandomness;

impl Entropy {
    pub fn system() -> Self {
        Self::from_fn(|bytes| SystemRandom::new().fill(bytes).map_err(|_| NoRandomness))
    }

    /// A generator controlled by the caller, for simulations.
    pub fn from_fn(fill: impl Fn(&mut [u8]) -> Result<(), NoRandomness> + Send + Sync + 'static) -> Self {
        Self(Arc::new(fill))
    }

    pub fn bytes<const N: usize>(&self) -> Result<[u8; N], NoRandomness> {
        let mut bytes = [0; N];
        (self.0)(&mut bytes)?;
        Ok(bytes)
    }

    /// The next span of a trace, or the first one of a new trace. Without randomness its ids may not be unique;
    /// anything that needs a secret then fails on its own.
    pub fn next_step(&self, before: Option<TraceParent>) -> TraceParent {
        match before {
            Some(before) => before.step(self.bytes().unwrap_or_default()),
            None => TraceParent::start(self.bytes().unwrap_or([0; 24])),
        }
    }

    /// A new seed for a round.
    pub fn seed(&self) -> Result<Seed, NoRandomness> {
        self.bytes().map(Seed::from_bytes)
    }

    /// A new nonce for a bet.
    pub fn nonce(&self) -> Result<Nonce, NoRandomness> {
        self.bytes().map(Nonce::from_bytes)
    }
}

impl fmt::Debug for Entropy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Entropy")
    }
}
