//! One file per kind of item: its key, its index keys, and how it is written and read.

use crate::table::entity::Entity;

pub(crate) mod bet;
pub(crate) mod bet_match;
pub(crate) mod round;
pub(crate) mod totals;
pub(crate) mod waiting;

/// The kinds of items of this domain.
pub(crate) const ENTITIES: &[&Entity] = &[
    &bet::ENTITY,
    &waiting::ENTITY,
    &bet_match::ENTITY,
    &round::ENTITY,
    &round::seed::ENTITY,
    &totals::ENTITY,
];
