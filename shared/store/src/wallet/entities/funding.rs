//! A funding: `FUND#{order}` / `FUND`. Its presence is what makes a repeat of its order harmless, for ever.

use crate::StoreError;
use crate::table::item::{Fields, Item, ItemBuilder, Key};
use evens_ledger::{Amount, Entry, UserId};

pub(crate) const KIND: &str = "funding";

pub(crate) fn key(order: &str) -> Key {
    Key { partition: format!("FUND#{order}"), sort: "FUND".to_owned() }
}

/// The funding whose entry is `entry`.
pub(crate) fn encode(order: &str, entry: &Entry) -> Item {
    ItemBuilder::new(KIND, &key(order))
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
