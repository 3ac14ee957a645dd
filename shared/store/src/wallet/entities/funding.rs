//! A funding: `FUND#{order}` / `FUND`. Its presence is what makes a repeat of its order harmless, for ever.

use crate::StoreError;
use crate::table::entity::{Books, Entity};
use crate::table::index_place::ScannedRecords;
use crate::table::item::{Fields, Item, ItemBuilder, Key};
use crate::table::layout::Layout;
use evens_ledger::{Amount, Entry, UserId};
use evens_records::{Funding, Record};

pub(crate) const KIND: &str = "funding";

pub(crate) const ENTITY: Entity = Entity {
    kind: KIND,
    row: "funding | `FUND#order-9` / `FUND` |",
    books: Books::Read(&[&["order", "user", "amount", "entry", "credited_at"]]),
    hidden: &[],
    records,
};

pub(crate) fn key(order: &str) -> Key {
    Key { partition: format!("FUND#{order}"), sort: "FUND".to_owned() }
}

/// The funding whose entry is `entry`.
pub(crate) fn encode(order: &str, entry: &Entry) -> Item {
    ItemBuilder::new(&ENTITY, &key(order))
        .text("order", order)
        .number("user", entry.user)
        .number("amount", entry.amount)
        .number("entry", entry.number)
        .text("credited_at", entry.at)
        .build()
}

/// Returns the credited user and the amount.
pub(crate) fn decode(item: &Item) -> Result<(UserId, Amount), StoreError> {
    let fields = Fields::of(item);
    Ok((fields.get("user")?, fields.get("amount")?))
}

fn records(item: &Item, _: Layout) -> Result<ScannedRecords, StoreError> {
    let fields = Fields::of(item);
    let (order, (user, amount)) = (fields.get::<String>("order")?, decode(item)?);
    let entry = fields.get("entry")?;
    Ok(ScannedRecords::at(key(&order), Record::Funding(Funding { order, user, amount, entry })))
}
