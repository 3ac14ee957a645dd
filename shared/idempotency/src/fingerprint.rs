//! [`Fingerprint`]: what was asked for under a key.

use crate::derived_id::lines;
use evens_ledger::Digest;
use std::fmt::Display;

/// What was asked for under an idempotency key, as a hash: a repeat must ask for the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(Digest);

impl Fingerprint {
    /// The fingerprint of the parts of a request that decide its effect.
    pub fn of(parts: &[&dyn Display]) -> Self {
        Self(Digest::of(lines(parts).as_bytes()))
    }

    /// A fingerprint as it was stored.
    pub fn from_stored(digest: Digest) -> Self {
        Self(digest)
    }

    /// The hash.
    pub fn digest(self) -> Digest {
        self.0
    }
}
