//! Ledger entries, several to an item. The wallet itself carries its newest entries. When they fill a page, the next
//! movement of money writes them to an item of their own: `LEDGER#{user}` / `ENTRY#{number of the first entry}`. A page
//! is put once, never changed and never deleted. Pages have a partition of their own, so that an IAM role can be denied
//! updates and deletes.
//!
//! An entry is stored as a text, without the fields that follow from its position ([`Entry::to_text`]). A page also
//! holds the hash before its first entry and the hash of its last, so that a changed entry still shows (M4).

use crate::StoreError;
use crate::table::entity::{Books, Entity};
use crate::table::index_place::{IndexPlace, ScannedRecords};
use crate::table::item::{AttributeValue, Fields, Item, ItemBuilder, Key, text};
use crate::table::layout::Layout;
use evens_ledger::{Digest, Entry, EntryKey, UserId};
use evens_records::Record;

/// A page of entries.
pub(crate) const PAGE_KIND: &str = "entries";

pub(crate) const PAGE_ENTITY: Entity = Entity {
    kind: PAGE_KIND,
    row: "page of the ledger | `LEDGER#42` / `ENTRY#00000000000000000005` | `number`, `previous_hash` *of the \
          entry before them*, `entries` *four*, `hash` *of the last*",
    books: Books::Read(&[&["user", "number", "hash"], CARRIED]),
    hidden: &[],
    records,
};

/// The kind of an item with a single entry, from before there were pages.
pub(crate) const KIND: &str = "entry";

pub(crate) const ENTITY: Entity = Entity {
    kind: KIND,
    row: "an entry, from before there were pages | `LEDGER#42` / `ENTRY#00000000000000000005` | the fields of \
          an entry, one attribute each",
    books: Books::Read(&[&[
        "user",
        "number",
        "key",
        "type",
        "purse",
        "amount",
        "account",
        "reference",
        "balance_before",
        "balance_after",
        "at",
        "previous_hash",
        "hash",
    ]]),
    hidden: &[],
    records,
};

/// Number of entries in a page: as many as the wallet can carry without costing another write unit (1 KB).
pub(crate) const PAGE: usize = 4;

const ENTRIES: &str = "entries";

/// The hash of the entry before the first one.
const PREVIOUS_HASH: &str = "previous_hash";

/// The attributes of entries that a wallet and a page carry.
pub(crate) const CARRIED: &[&str] = &[ENTRIES, PREVIOUS_HASH];

/// The key of the page that begins with this entry. Pages of a wallet sort by the numbers of their entries.
pub(crate) fn key(user: UserId, number: u64) -> Key {
    Key { partition: format!("LEDGER#{user}"), sort: format!("ENTRY#{number:020}") }
}

/// Returns `None` if the entries do not fill a page.
pub(crate) fn encode_page(entries: &[Entry]) -> Option<Item> {
    let (first, last) = (entries.first()?, entries.last()?);
    if entries.len() < PAGE {
        return None;
    }
    let page = ItemBuilder::new(&PAGE_ENTITY, &key(first.user, first.number))
        .number("user", first.user)
        .number("number", first.number)
        .text(PREVIOUS_HASH, first.previous_hash)
        .text("hash", last.hash)
        .value(ENTRIES, encode(entries));
    Some(page.build())
}

pub(crate) fn encode(entries: &[Entry]) -> AttributeValue {
    AttributeValue::L(entries.iter().map(|entry| text(entry.to_text())).collect())
}

/// Decodes the entries of a page, oldest first. The last one gets the hash that is stored with the page.
fn decode_page(item: &Item) -> Result<Vec<Entry>, StoreError> {
    let fields = Fields::of(item);
    let mut entries = decode(fields, fields.get("user")?, fields.get("number")?)?;
    if let Some(last) = entries.last_mut() {
        last.hash = fields.get("hash")?;
    }
    Ok(entries)
}

/// The newest entries of a wallet at a version, oldest first. Empty before the first entry, and in wallets from before
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
        let entry = value.as_text().and_then(|text| Entry::from_text(text, user, number, previous_hash));
        let entry = entry.ok_or_else(|| fields.corrupt(ENTRIES))?;
        previous_hash = entry.hash;
        entries.push(entry);
    }
    Ok(entries)
}

/// Decodes an entry from before there were pages. The oldest ones lack `purse`, from before there were two balances.
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

fn records(item: &Item, _: Layout) -> Result<ScannedRecords, StoreError> {
    let fields = Fields::of(item);
    let key = key(fields.get("user")?, fields.get("number")?);
    let records = decode_item(item)?.into_iter().map(Record::Entry).collect();
    Ok(ScannedRecords { records, key, listed: IndexPlace::Never })
}
