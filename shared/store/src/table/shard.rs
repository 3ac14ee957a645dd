//! Shards: what is to be found without a scan is spread over this many keys, so that none of them is hot.

use evens_ledger::Digest;
use jiff::Timestamp;
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

/// Where in a shard of the index of unfinished things something of that time stands: in the order of time, to the
/// millisecond.
pub(crate) fn index_sort(at: Timestamp) -> String {
    format!("{:013}", at.as_millisecond())
}

impl fmt::Display for Shard {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:02}", self.0)
    }
}
