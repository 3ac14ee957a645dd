//! One file per kind of item: its key, its index keys, and how it is written and read.

pub(crate) mod audit_line;
pub(crate) mod rate;
pub(crate) mod seal;
pub(crate) mod switches;
pub(crate) mod verify_progress;
