//! All kinds of items.

use crate::table::entity::{COMMON, Entity};
use crate::table::item::{Fields, Item};
use crate::{StoreError, exchange, games, jackpots, live, operations, payments, players, wallet};
use std::collections::BTreeSet;

/// The kinds of items of each domain, in the order of the documents.
const DOMAINS: [&[&Entity]; 8] = [
    wallet::entities::ENTITIES,
    exchange::entities::ENTITIES,
    games::entities::ENTITIES,
    jackpots::entities::ENTITIES,
    payments::entities::ENTITIES,
    players::entities::ENTITIES,
    operations::entities::ENTITIES,
    live::entities::ENTITIES,
];

fn all() -> impl Iterator<Item = &'static Entity> {
    DOMAINS.into_iter().flatten().copied()
}

/// The kind of an item.
pub(crate) fn entity_of(item: &Item) -> Result<&'static Entity, StoreError> {
    let fields = Fields::of(item);
    let kind: String = fields.get("kind")?;
    all().find(|entity| entity.kind == kind).ok_or_else(|| fields.corrupt("kind"))
}

/// The attributes that the scheduled check of all books reads, sorted.
pub fn attributes_of_books() -> BTreeSet<&'static str> {
    COMMON.into_iter().chain(all().flat_map(Entity::read)).collect()
}

/// The rows of the table of items in `docs/architecture.md`.
pub fn rows_of_items() -> impl Iterator<Item = &'static str> {
    all().map(|entity| entity.row).filter(|row| !row.is_empty())
}

/// Those of an item's attributes that its kind does not name: all of them if the kind is unknown. A newer version may
/// have written them, so readers accept them.
pub fn unknown_attributes<'a>(kind: &str, names: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let entity = all().find(|entity| entity.kind == kind);
    names.into_iter().filter(|name| !entity.is_some_and(|entity| entity.has(name))).collect()
}
