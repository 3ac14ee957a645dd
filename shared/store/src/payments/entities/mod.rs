//! One file per kind of item: its key, its index keys, and how it is written and read.

use crate::table::entity::Entity;

pub(crate) mod agreements;
pub(crate) mod deposit;
pub(crate) mod order;
pub(crate) mod payee;
pub(crate) mod payments_record;
pub(crate) mod report;
pub(crate) mod settings;
pub(crate) mod stored_order;
pub(crate) mod withdrawal;

/// The kinds of items of this domain.
pub(crate) const ENTITIES: &[&Entity] = &[
    &order::ENTITY,
    &order::PLACE_ENTITY,
    &payments_record::ENTITY,
    &settings::ENTITY,
    &payee::ENTITY,
    &payee::OWNER_ENTITY,
    &report::ENTITY,
];
