//! A version of a group's terms: `JACKPOT#{group}` / `CONFIG#{version}`. Put once and never changed. The newest version
//! applies.

use crate::StoreError;
use crate::table::item::{Fields, Item, ItemBuilder, Key};
use evens_jackpots::{JackpotConfig, JackpotGroup, JackpotTerms};

pub(crate) const KIND: &str = "jackpot-config";

/// The partition of a group's pool, terms and proposals.
pub(crate) fn partition(group: JackpotGroup) -> String {
    format!("JACKPOT#{group}")
}

pub(crate) fn key(group: JackpotGroup, version: u64) -> Key {
    Key { partition: partition(group), sort: format!("CONFIG#{version:010}") }
}

pub(crate) fn encode(config: &JackpotConfig) -> Item {
    with_config(ItemBuilder::new(KIND, &key(config.group, config.version)), config).build()
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
