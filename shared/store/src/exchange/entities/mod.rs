//! One file per kind of item: its key, its index keys, and how it is written and read.

pub(crate) mod bet;
pub(crate) mod bet_match;
pub(crate) mod round;
pub(crate) mod totals;
pub(crate) mod waiting;
