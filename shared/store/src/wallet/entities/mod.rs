//! One file per kind of item: its key, its index keys, and how it is written and read.

use crate::table::entity::Entity;

pub(crate) mod entry;
pub(crate) mod funding;
pub(crate) mod movement_mark;
pub(crate) mod owner;
pub(crate) mod play;
pub(crate) mod transfer;
pub(crate) mod wallet;

/// The kinds of items of this domain.
pub(crate) const ENTITIES: &[&Entity] = &[
    &wallet::ENTITY,
    &entry::PAGE_ENTITY,
    &entry::ENTITY,
    &funding::ENTITY,
    &transfer::ENTITY,
    &movement_mark::ENTITY,
];
