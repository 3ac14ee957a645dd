//! A transfer: `TRANSFER#{key}` / `TRANSFER`. Put once, never changed and never deleted, so that an IAM role can be
//! denied updates and deletes.

use crate::StoreError;
use crate::table::item::{Fields, Item, ItemBuilder, Key};
use evens_ledger::{EntryKey, Transfer};

pub(crate) const KIND: &str = "transfer";

/// Prefix of the partition keys of transfers.
pub(crate) const PARTITION_PREFIX: &str = "TRANSFER#";

pub(crate) fn key(key: &EntryKey) -> Key {
    Key { partition: format!("{PARTITION_PREFIX}{key}"), sort: "TRANSFER".to_owned() }
}

/// Fails for a transfer of zero, which would be a line in the books that explains nothing.
pub(crate) fn encode(transfer: &Transfer) -> Result<Item, StoreError> {
    if !transfer.is_movement() {
        return Err(StoreError::corrupt(&transfer.key, "amount"));
    }
    let item = ItemBuilder::new(KIND, &key(&transfer.key))
        .text("key", &transfer.key)
        .text("from", &transfer.from)
        .text("to", &transfer.to)
        .number("amount", transfer.amount)
        .text("reference", &transfer.reference)
        .text("at", transfer.at)
        .build();
    Ok(item)
}

pub(crate) fn decode(item: &Item) -> Result<Transfer, StoreError> {
    let fields = Fields::of(item);
    Ok(Transfer {
        key: EntryKey::from_stored(fields.get("key")?),
        from: fields.get("from")?,
        to: fields.get("to")?,
        amount: fields.get("amount")?,
        reference: fields.get("reference")?,
        at: fields.get("at")?,
    })
}
