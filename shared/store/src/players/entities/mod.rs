//! One file per kind of item: its key, its index keys, and how it is written and read.

use crate::table::entity::Entity;

pub(crate) mod account;
pub(crate) mod attendance;
pub(crate) mod listed_player;
pub(crate) mod login;
pub(crate) mod phone_code;
pub(crate) mod recovery;
pub(crate) mod referral;
pub(crate) mod referral_code;
pub(crate) mod session;

/// The kinds of items of this domain.
pub(crate) const ENTITIES: &[&Entity] = &[
    &account::ENTITY,
    &referral::ENTITY,
    &login::ENTITY,
    &listed_player::ENTITY,
    &referral_code::ENTITY,
    &session::ENTITY,
    &attendance::ENTITY,
    &phone_code::ENTITY,
    &recovery::ENTITY,
];
