//! One file per kind of item: its key, its index keys, and how it is written and read.

use crate::table::entity::Entity;

pub(crate) mod archived;
pub(crate) mod block;
pub(crate) mod exposure_lock;
pub(crate) mod game_bet;
pub(crate) mod period;
pub(crate) mod play_day;
pub(crate) mod play_now;
pub(crate) mod result;
pub(crate) mod shard;

/// The kinds of items of this domain.
pub(crate) const ENTITIES: &[&Entity] = &[
    &period::ENTITY,
    &period::seed::ENTITY,
    &archived::ENTITY,
    &result::ENTITY,
    &shard::ENTITY,
    &game_bet::ENTITY,
    &exposure_lock::ENTITY,
    &play_day::ENTITY,
    &play_now::ENTITY,
];
