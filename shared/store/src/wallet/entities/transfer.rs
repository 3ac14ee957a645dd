//! A transfer: `TRANSFER#{key}` / `TRANSFER`. Put once, never changed and never deleted, so that an IAM role can be
//! denied updates and deletes.

use crate::StoreError;
use crate::table::entity::{Books, Entity};
use crate::table::index_place::ScannedRecords;
use crate::table::item::{Fields, Item, ItemBuilder, Key};
use crate::table::layout::Layout;
use evens_ledger::{EntryKey, Transfer};
use evens_records::Record;

pub(crate) const KIND: &str = "transfer";

pub(crate) const ENTITY: Entity = Entity {
    kind: KIND,
    row: "transfer | `TRANSFER#PAYOUT:7c1e…` / `TRANSFER` | between two accounts of the system: `from` \
          `withdrawals`, `to` `payment-provider:sandbox`; immutable",
    books: Books::Read(&[&["key", "from", "to", "amount", "reference", "at"]]),
    hidden: &[],
    records,
};

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
    let item = ItemBuilder::new(&ENTITY, &key(&transfer.key))
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

fn records(item: &Item, _: Layout) -> Result<ScannedRecords, StoreError> {
    let transfer = decode(item)?;
    Ok(ScannedRecords::at(key(&transfer.key), Record::Transfer(transfer)))
}
