//! Shards spread items that are listed together over several partitions, so that none of them is hot.

use evens_ledger::Digest;
use jiff::Timestamp;
use std::fmt;

/// Number of partitions over which the order book and the `unfinished` index are spread.
pub const SHARDS: u8 = 16;

/// A shard number, less than [`SHARDS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shard(u8);

impl Shard {
    pub(crate) fn of(id: impl fmt::Display) -> Self {
        Self(Digest::of(id.to_string().as_bytes()).bytes()[0] % SHARDS)
    }

    pub(crate) fn number(number: u8) -> Self {
        Self(number % SHARDS)
    }
}

/// The sort key in the `unfinished` index: milliseconds since 1970 in 13 digits, so that items sort by time.
pub(crate) fn index_sort(at: Timestamp) -> String {
    format!("{:013}", at.as_millisecond())
}

impl fmt::Display for Shard {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:02}", self.0)
    }
}
