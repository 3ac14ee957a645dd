//! A version of a group's terms: `JACKPOT#{group}` / `CONFIG#{version}`. Put once and never changed. The newest version
//! applies.

use super::jackpot_record;
use crate::StoreError;
use crate::table::entity::{Books, Entity};
use crate::table::index_place::ScannedRecords;
use crate::table::item::{Fields, Item, ItemBuilder, Key};
use crate::table::layout::Layout;
use evens_jackpots::{JackpotConfig, JackpotGroup, JackpotTerms};
use evens_records::JackpotRecord;

pub(crate) const KIND: &str = "jackpot-config";

pub(crate) const ENTITY: Entity = Entity {
    kind: KIND,
    row: "terms of a jackpot | `JACKPOT#minor` / `CONFIG#0000000002` | immutable: the newest version applies",
    books: Books::Read(&[TERMS]),
    hidden: &[],
    records,
};

/// The attributes of [`with_config`].
pub(crate) const TERMS: &[&str] =
    &["group", "version", "start", "rate", "reserve_rate", "odds", "must_hit_by", "since"];

/// The partition of a group's pool, terms and proposals.
pub(crate) fn partition(group: JackpotGroup) -> String {
    format!("JACKPOT#{group}")
}

pub(crate) fn key(group: JackpotGroup, version: u64) -> Key {
    Key { partition: partition(group), sort: format!("CONFIG#{version:010}") }
}

pub(crate) fn encode(config: &JackpotConfig) -> Item {
    with_config(ItemBuilder::new(&ENTITY, &key(config.group, config.version)), config).build()
}

/// Adds the attributes of a version of the terms to an item.
pub(crate) fn with_config(item: ItemBuilder, config: &JackpotConfig) -> ItemBuilder {
    let JackpotConfig { group, version, terms, since } = config;
    item.text("group", group)
        .number("version", version)
        .number("start", terms.start())
        .number("rate", terms.rate())
        .number("reserve_rate", terms.reserve_rate())
        .number("odds", terms.odds())
        .optional_number("must_hit_by", terms.must_hit_by())
        .text("since", since)
}

pub(crate) fn decode(item: &Item) -> Result<JackpotConfig, StoreError> {
    let fields = Fields::of(item);
    let terms = JackpotTerms::new(
        fields.get("start")?,
        fields.get("rate")?,
        fields.get("reserve_rate")?,
        fields.get("odds")?,
        fields.optional("must_hit_by")?,
    );
    Ok(JackpotConfig {
        group: fields.get("group")?,
        version: fields.get("version")?,
        terms: terms.map_err(|_| fields.corrupt("odds"))?,
        since: fields.get("since")?,
    })
}

fn records(item: &Item, _: Layout) -> Result<ScannedRecords, StoreError> {
    let found = decode(item)?;
    Ok(jackpot_record(key(found.group, found.version), JackpotRecord::Config(found)))
}
