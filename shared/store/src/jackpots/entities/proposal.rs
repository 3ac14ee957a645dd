//! Terms of a group that an operator proposed and that need the approval of another operator: `JACKPOT#{group}` /
//! `PROPOSED#{user}`. The operator's next proposal replaces it. It is ignored once its version exists, or after a week.

use super::config;
use crate::StoreError;
use crate::table::entity::{Books, Entity};
use crate::table::index_place::ScannedRecords;
use crate::table::item::{Fields, Item, ItemBuilder, Key, text};
use crate::table::layout::Layout;
use crate::table::write::{Write, put_in_place, put_new};
use evens_jackpots::{JackpotGroup, ProposedConfig};
use evens_ledger::UserId;
use evens_records::Record;

pub(crate) const KIND: &str = "jackpot-proposal";

pub(crate) const ENTITY: Entity = Entity {
    kind: KIND,
    row: "proposed terms of a jackpot | `JACKPOT#minor` / `PROPOSED#00000000000000000700` *the proposing \
          operator* | as terms; `held` *the amount that could be won then*",
    books: Books::Read(&[config::TERMS, &["proposed_by", "reason", "held"]]),
    hidden: &[],
    records,
};

pub(crate) fn key(group: JackpotGroup, by: UserId) -> Key {
    sorted(group, &format!("{by:020}"))
}

/// Keys before the first and after the last proposal of a group.
pub(crate) fn bounds(group: JackpotGroup) -> (Key, Key) {
    (sorted(group, ""), sorted(group, "~"))
}

fn sorted(group: JackpotGroup, by: &str) -> Key {
    Key { partition: config::partition(group), sort: format!("PROPOSED#{by}") }
}

/// Replaces the operator's proposal that was read, if any.
pub(crate) fn put(after: &ProposedConfig, read: Option<&ProposedConfig>) -> Write {
    let Some(read) = read else { return put_new(encode(after)) };
    put_in_place(encode(after), "since = :since", vec![(":since", text(read.config.since))])
}

fn encode(proposed: &ProposedConfig) -> Item {
    let ProposedConfig { config, by, reason, pool_amount } = proposed;
    config::with_config(ItemBuilder::new(&ENTITY, &key(config.group, *by)), config)
        .number("proposed_by", by)
        .text("reason", reason)
        .number("held", pool_amount)
        .build()
}

pub(crate) fn decode(item: &Item) -> Result<ProposedConfig, StoreError> {
    let fields = Fields::of(item);
    Ok(ProposedConfig {
        config: config::decode(item)?,
        by: fields.get("proposed_by")?,
        reason: fields.get("reason")?,
        pool_amount: fields.get("held")?,
    })
}

fn records(item: &Item, _: Layout) -> Result<ScannedRecords, StoreError> {
    let proposed = decode(item)?;
    Ok(ScannedRecords::at(key(proposed.config.group, proposed.by), Record::Aside))
}
