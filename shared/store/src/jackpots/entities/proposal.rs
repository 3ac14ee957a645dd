//! The terms of a group that wait for another operator: `JACKPOT#{group}` / `PROPOSED`. The next proposal takes its
//! place; once its version is there, or a week is over, nobody looks at it.

use super::config;
use crate::StoreError;
use crate::table::item::{Fields, Item, ItemBuilder, Key, number, text};
use crate::table::write::{put_in_place, put_new};
use aws_sdk_dynamodb::types::TransactWriteItem;
use evens_jackpots::{JackpotGroup, ProposedConfig};

pub(crate) const KIND: &str = "jackpot-proposal";

pub(crate) fn key(group: JackpotGroup) -> Key {
    Key { partition: config::partition(group), sort: "PROPOSED".to_owned() }
}

/// Puts a proposal in the place of the one that was read, if one was.
pub(crate) fn put(
    table: &str,
    after: &ProposedConfig,
    read: Option<&ProposedConfig>,
) -> Result<TransactWriteItem, StoreError> {
    let Some(read) = read else { return put_new(table, encode(after)) };
    let values = vec![(":since", text(read.config.since)), (":by", number(read.by))];
    put_in_place(table, encode(after), "since = :since AND proposed_by = :by", values)
}

fn encode(proposed: &ProposedConfig) -> Item {
    let ProposedConfig { config, by, reason } = proposed;
    config::with_config(ItemBuilder::new(KIND, &key(config.group)), config)
        .number("proposed_by", by)
        .text("reason", reason)
        .build()
}

pub(crate) fn decode(item: &Item) -> Result<ProposedConfig, StoreError> {
    let fields = Fields::of(item);
    Ok(ProposedConfig {
        config: config::decode(item)?,
        by: fields.get("proposed_by")?,
        reason: fields.get("reason")?,
    })
}
