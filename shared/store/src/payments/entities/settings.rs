//! A change of a player's own settings: `CASHIER#{user}` / `SETTINGS#{number}`, put once. It shares the partition of
//! the record that names the newest one.

use super::payments_record;
use crate::StoreError;
use crate::table::item::{Fields, Item, ItemBuilder, Key};
use evens_ledger::UserId;
use evens_payments::SettingsEntry;

pub(crate) const KIND: &str = "settings";

pub(crate) fn key(user: UserId, number: u64) -> Key {
    Key { sort: format!("SETTINGS#{number:020}"), ..payments_record::key(user) }
}

pub(crate) fn encode(entry: &SettingsEntry) -> Item {
    ItemBuilder::new(KIND, &key(entry.user, entry.number))
        .number("user", entry.user)
        .number("number", entry.number)
        .text("at", entry.at)
        .text("after", &entry.settings)
        .text("previous_hash", entry.previous_hash)
        .text("hash", entry.hash)
        .build()
}

pub(crate) fn decode(item: &Item) -> Result<SettingsEntry, StoreError> {
    let fields = Fields::of(item);
    Ok(SettingsEntry {
        user: fields.get("user")?,
        number: fields.get("number")?,
        at: fields.get("at")?,
        settings: fields.get("after")?,
        previous_hash: fields.get("previous_hash")?,
        hash: fields.get("hash")?,
    })
}
