//! Shards spread items that are listed together over several partitions, so that none of them is hot.

use jiff::Timestamp;
use std::fmt;

/// A shard number, less than the number of shards of the [`Layout`](super::layout::Layout) that made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shard(pub(super) u8);

/// The sort key in the `unfinished` index: milliseconds since 1970 in 13 digits, so that items sort by time.
pub(crate) fn index_sort(at: Timestamp) -> String {
    format!("{:013}", at.as_millisecond())
}

impl fmt::Display for Shard {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:02}", self.0)
    }
}
