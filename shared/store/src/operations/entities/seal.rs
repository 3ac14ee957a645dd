//! The seal of a day: `SEAL` / `{day}`, put once. There is one per day, so all of them fit into one partition, sorted
//! by day, and one query finds the newest.

use crate::StoreError;
use crate::table::entity::{Books, Entity};
use crate::table::index_place::ScannedRecords;
use crate::table::item::{Fields, Item, ItemBuilder, Key};
use crate::table::layout::Layout;
use evens_ledger::Digest;
use evens_records::{DaySeal, Record, SealedDays, SealedParts};
use jiff::civil::Date;

pub(crate) const KIND: &str = "day-seal";

pub(crate) const ENTITY: Entity = Entity {
    kind: KIND,
    row: "seal of a day | `SEAL` / `2026-11-22` | digests of the movements since the previous seal: `after` \
          *the day of that seal, unless everything is covered*; immutable",
    books: Books::Read(&[&[
        "day",
        "after",
        "previous_hash",
        "sealed_wallets",
        "sealed_accounts",
        "sealed_transfers",
        "sealed_audit_log",
        "hash",
    ]]),
    hidden: &[],
    records,
};

pub(crate) const PARTITION: &str = "SEAL";

pub(crate) fn key(day: Date) -> Key {
    Key { partition: PARTITION.to_owned(), sort: day.to_string() }
}

pub(crate) fn encode(seal: &DaySeal) -> Item {
    let SealedParts { wallets, accounts, transfers, audit_log } = seal.parts;
    let SealedDays { last, after } = seal.days;
    ItemBuilder::new(&ENTITY, &key(last))
        .text("day", last)
        .optional_text("after", after)
        .text("previous_hash", seal.previous)
        .text("sealed_wallets", wallets)
        .text("sealed_accounts", accounts)
        .text("sealed_transfers", transfers)
        .text("sealed_audit_log", audit_log)
        .text("hash", seal.digest())
        .build()
}

pub(crate) fn decode(item: &Item) -> Result<DaySeal, StoreError> {
    let fields = Fields::of(item);
    let parts = SealedParts {
        wallets: fields.get("sealed_wallets")?,
        accounts: fields.get("sealed_accounts")?,
        transfers: fields.get("sealed_transfers")?,
        audit_log: fields.get("sealed_audit_log")?,
    };
    let days = SealedDays { last: fields.get("day")?, after: fields.optional("after")? };
    let seal = DaySeal { days, previous: fields.get("previous_hash")?, parts };
    if fields.get::<Digest>("hash")? != seal.digest() {
        return Err(fields.corrupt("hash"));
    }
    Ok(seal)
}

fn records(item: &Item, _: Layout) -> Result<ScannedRecords, StoreError> {
    let seal = decode(item)?;
    Ok(ScannedRecords::at(key(seal.day()), Record::Seal(Box::new(seal))))
}
