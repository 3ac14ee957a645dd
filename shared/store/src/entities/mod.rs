//! One file per kind of item: its key, its index keys, and how it is written and read.

pub(crate) mod bet;
pub(crate) mod bet_match;
pub(crate) mod deposit;
pub(crate) mod entry;
pub(crate) mod round;
pub(crate) mod shard;
pub(crate) mod waiting;
pub(crate) mod wallet;

pub(crate) use shard::Shard;
