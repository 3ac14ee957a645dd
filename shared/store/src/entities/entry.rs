//! The ledger entry: `LEDGER#{user}` / `ENTRY#{number}`. Put once, never changed, never deleted: it has a partition of
//! its own, so that a role can be denied both.

use crate::StoreError;
use crate::item::{Fields, Item, ItemBuilder, Key};
use evens_ledger::{Entry, EntryKey, TransactionMetadata, UserId};

pub(crate) const KIND: &str = "entry";

/// Entries of a wallet lie in the order of their numbers.
pub(crate) fn key(user: UserId, number: u64) -> Key {
    Key { partition: format!("LEDGER#{user}"), sort: format!("ENTRY#{number:020}") }
}

/// What a bonus was for stands beside it, for whoever reads the table; it follows from the entry, so it is not read back.
pub(crate) fn encode(entry: &Entry) -> Item {
    let transaction = entry.transaction();
    let said = transaction.as_ref();
    ItemBuilder::new(KIND, &key(entry.user, entry.number))
        .number("user", entry.user)
        .number("number", entry.number)
        .text("key", &entry.key)
        .text("type", entry.kind.as_str())
        .text("purse", entry.purse.as_str())
        .number("amount", entry.amount)
        .text("account", &entry.account)
        .text("reference", &entry.reference)
        .number("balance_before", entry.balance_before)
        .number("balance_after", entry.balance_after)
        .text("at", entry.at)
        .text("previous_hash", entry.previous_hash)
        .text("hash", entry.hash)
        .optional_text("transaction_type", said.map(|said| said.kind))
        .optional_text("status", said.map(|said| said.status))
        .optional_text("description", said.map(|said| said.description))
        .optional_texts("metadata", said.map(|said| metadata(&said.metadata)))
        .build()
}

fn metadata(metadata: &TransactionMetadata) -> [(&'static str, String); 3] {
    let TransactionMetadata { bonus_type, usage_restriction, applied_at } = metadata;
    [
        ("bonus_type", (*bonus_type).to_owned()),
        ("usage_restriction", (*usage_restriction).to_owned()),
        ("applied_at", applied_at.to_string()),
    ]
}

/// An entry without a purse is of the time before there were two.
pub(crate) fn decode(item: &Item) -> Result<Entry, StoreError> {
    let fields = Fields::of(item);
    Ok(Entry {
        user: fields.get("user")?,
        number: fields.get("number")?,
        key: EntryKey::from_stored(fields.get("key")?),
        kind: fields.get("type")?,
        purse: fields.optional("purse")?.unwrap_or_default(),
        amount: fields.get("amount")?,
        account: fields.get("account")?,
        reference: fields.get("reference")?,
        balance_before: fields.get("balance_before")?,
        balance_after: fields.get("balance_after")?,
        at: fields.get("at")?,
        previous_hash: fields.get("previous_hash")?,
        hash: fields.get("hash")?,
    })
}
