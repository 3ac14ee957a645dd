//! One file per kind of item: its key, its index keys, and how it is written and read.

pub(crate) mod entry;
pub(crate) mod funding;
pub(crate) mod movement_mark;
pub(crate) mod owner;
pub(crate) mod play;
pub(crate) mod transfer;
pub(crate) mod wallet;
