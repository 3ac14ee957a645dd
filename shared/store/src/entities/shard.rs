//! Shards: what is to be found without a scan is spread over this many keys, so that none of them is hot.

use evens_ledger::Digest;
use std::fmt;

/// Into how many keys the book and the index of unfinished things are spread.
pub const SHARDS: u8 = 16;

/// One of the [`SHARDS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shard(u8);

impl Shard {
    /// The shard of what has this id.
    pub(crate) fn of(id: impl fmt::Display) -> Self {
        Self(Digest::of(id.to_string().as_bytes()).bytes()[0] % SHARDS)
    }

    /// The shard of this number.
    pub(crate) fn number(number: u8) -> Self {
        Self(number % SHARDS)
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:02}", self.0)
    }
}
