//! Ledger entries, several to an item. The newest are carried by the wallet that they explain. When those fill a page,
//! the next movement of money puts them away: `LEDGER#{user}` / `ENTRY#{number of the page's first}`. A page is put
//! once, never changed, never deleted: it has a partition of its own, so that a role can be denied both.
//!
//! An entry is a text, without what follows from its place ([`Entry::to_text`]). Its item has the hash before its first
//! entry and that of its last, so an entry that was changed still shows (M4).

use crate::StoreError;
use crate::table::item::{Fields, Item, ItemBuilder, Key, text};
use aws_sdk_dynamodb::types::AttributeValue;
use evens_ledger::{Digest, Entry, EntryKey, UserId};

/// A page of entries.
pub(crate) const PAGE_KIND: &str = "entries";

/// A single entry, of the time before there were pages.
pub(crate) const KIND: &str = "entry";

/// How many entries fill a page: as many as the wallet can carry without costing another write unit (1 KB).
pub(crate) const PAGE: usize = 4;

/// The entries of a wallet or page, oldest first.
const ENTRIES: &str = "entries";

/// The hash of the entry before those.
const PREVIOUS_HASH: &str = "previous_hash";

/// The page that begins with this entry. Pages of a wallet lie in the order of their entries.
pub(crate) fn key(user: UserId, number: u64) -> Key {
    Key { partition: format!("LEDGER#{user}"), sort: format!("ENTRY#{number:020}") }
}

/// The page that these entries fill; none where they do not.
pub(crate) fn encode_page(entries: &[Entry]) -> Option<Item> {
    let (first, last) = (entries.first()?, entries.last()?);
    if entries.len() < PAGE {
        return None;
    }
    let page = ItemBuilder::new(PAGE_KIND, &key(first.user, first.number))
        .number("user", first.user)
        .number("number", first.number)
        .text(PREVIOUS_HASH, first.previous_hash)
        .text("hash", last.hash)
        .value(ENTRIES, encode(entries));
    Some(page.build())
}

/// Entries, each a text.
pub(crate) fn encode(entries: &[Entry]) -> AttributeValue {
    AttributeValue::L(entries.iter().map(|entry| text(entry.to_text())).collect())
}

/// The entries of a page, oldest first. The last carries the hash that was written with them.
fn decode_page(item: &Item) -> Result<Vec<Entry>, StoreError> {
    let fields = Fields::of(item);
    let mut entries = decode(fields, fields.get("user")?, fields.get("number")?)?;
    if let Some(last) = entries.last_mut() {
        last.hash = fields.get("hash")?;
    }
    Ok(entries)
}

/// The newest entries of a wallet at a version, oldest first. It carries none before its first, and of the time before
/// there were pages.
pub(crate) fn decode_newest(
    fields: Fields<'_>,
    user: UserId,
    version: u64,
) -> Result<Vec<Entry>, StoreError> {
    let Some(carried) = fields.optional_list(ENTRIES)? else { return Ok(Vec::new()) };
    let carried = u64::try_from(carried.len()).unwrap_or(u64::MAX);
    let before = version.checked_sub(carried).ok_or_else(|| fields.corrupt(ENTRIES))?;
    decode(fields, user, before.saturating_add(1))
}

fn decode(fields: Fields<'_>, user: UserId, first: u64) -> Result<Vec<Entry>, StoreError> {
    let listed = fields.optional_list(ENTRIES)?.ok_or_else(|| fields.corrupt(ENTRIES))?;
    let mut previous_hash: Digest = fields.get(PREVIOUS_HASH)?;
    let mut entries = Vec::with_capacity(listed.len());
    for (number, value) in (first..).zip(listed) {
        let entry = value.as_s().ok().and_then(|text| Entry::from_text(text, user, number, previous_hash));
        let entry = entry.ok_or_else(|| fields.corrupt(ENTRIES))?;
        previous_hash = entry.hash;
        entries.push(entry);
    }
    Ok(entries)
}

/// An entry of the time before there were pages; without the kind of its balance, of the time before there were two.
fn decode_single(item: &Item) -> Result<Entry, StoreError> {
    let fields = Fields::of(item);
    Ok(Entry {
        user: fields.get("user")?,
        number: fields.get("number")?,
        key: EntryKey::from_stored(fields.get("key")?),
        kind: fields.get("type")?,
        balance_kind: fields.optional("purse")?.unwrap_or_default(),
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

/// The entries of an item in a ledger's partition, oldest first.
pub(crate) fn decode_item(item: &Item) -> Result<Vec<Entry>, StoreError> {
    if Fields::of(item).get::<String>("kind")? == KIND {
        return Ok(vec![decode_single(item)?]);
    }
    decode_page(item)
}
