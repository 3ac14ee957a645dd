//! The table itself: definition, items, keys, reads, conditional writes, retries and observation. No entity is named
//! here.

pub(crate) mod capacity;
pub(crate) mod entity;
pub(crate) mod error;
pub(crate) mod index_place;
pub(crate) mod item;
pub(crate) mod layout;
pub(crate) mod observer;
pub(crate) mod queries;
pub(crate) mod reads;
pub(crate) mod retry;
pub(crate) mod shard;
pub(crate) mod texts;
pub(crate) mod write;
