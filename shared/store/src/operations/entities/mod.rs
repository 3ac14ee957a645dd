//! One file per kind of item: its key, its index keys, and how it is written and read.

use crate::table::entity::Entity;

pub(crate) mod audit_line;
pub(crate) mod rate;
pub(crate) mod seal;
pub(crate) mod switches;
pub(crate) mod verify_progress;

/// The kinds of items of this domain.
pub(crate) const ENTITIES: &[&Entity] = &[
    &audit_line::ENTITY,
    &audit_line::HEAD_ENTITY,
    &seal::ENTITY,
    &switches::ENTITY,
    &verify_progress::ENTITY,
    &rate::ENTITY,
];
