//! A change of a player's own settings: `CASHIER#{user}` / `SETTINGS#{number}`, put once. It shares the partition of
//! the record that names the newest one.

use super::payments_record;
use crate::StoreError;
use crate::table::entity::{Books, Entity};
use crate::table::index_place::ScannedRecords;
use crate::table::item::{Fields, Item, ItemBuilder, Key};
use crate::table::layout::Layout;
use evens_ledger::UserId;
use evens_payments::SettingsEntry;
use evens_records::Record;

pub(crate) const KIND: &str = "settings";

pub(crate) const ENTITY: Entity = Entity {
    kind: KIND,
    row: "change of settings | `CASHIER#42` / `SETTINGS#00000000000000000003` | [as in the \
          books](books.md#changes-of-settings)",
    books: Books::Read(&[&["user", "number", "at", "after", "previous_hash", "hash"]]),
    hidden: &[],
    records,
};

pub(crate) fn key(user: UserId, number: u64) -> Key {
    Key { sort: format!("SETTINGS#{number:020}"), ..payments_record::key(user) }
}

pub(crate) fn encode(entry: &SettingsEntry) -> Item {
    ItemBuilder::new(&ENTITY, &key(entry.user, entry.number))
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

fn records(item: &Item, _: Layout) -> Result<ScannedRecords, StoreError> {
    let entry = decode(item)?;
    Ok(ScannedRecords::at(key(entry.user, entry.number), Record::Settings(Box::new(entry))))
}
