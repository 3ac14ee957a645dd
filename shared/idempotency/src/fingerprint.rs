//! [`Fingerprint`]: the hash of the request under an idempotency key.

use crate::derived_id::lines;
use evens_ledger::Digest;
use std::fmt::Display;

/// The hash of the request under an idempotency key. A repeat must have the same fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(Digest);

impl Fingerprint {
    /// Hashes the parts of a request that decide its effect.
    pub fn of(parts: &[&dyn Display]) -> Self {
        Self(Digest::of(lines(parts).as_bytes()))
    }

    pub fn from_stored(digest: Digest) -> Self {
        Self(digest)
    }

    pub fn digest(self) -> Digest {
        self.0
    }
}
