//! One file per kind of item: its key, its index keys, and how it is written and read.

use crate::table::entity::Entity;

pub(crate) mod announcement;

/// The kinds of items of this domain.
pub(crate) const ENTITIES: &[&Entity] = &[&announcement::ENTITY];
