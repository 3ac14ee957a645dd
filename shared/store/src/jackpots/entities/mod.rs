//! The items, one type per file.

pub(crate) mod config;
pub(crate) mod meter;
pub(crate) mod operation;
pub(crate) mod pool;
pub(crate) mod proposal;
pub(crate) mod win;
