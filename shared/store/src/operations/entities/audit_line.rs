//! A line of the audit log: `AUDIT#{day}` / `{number}`, put once. The head of the log: `AUDIT` / `HEAD`, whose
//! attribute `revision` is the number of the newest line.

use crate::StoreError;
use crate::table::entity::{Books, Entity};
use crate::table::index_place::ScannedRecords;
use crate::table::item::{Fields, Item, ItemBuilder, Key};
use crate::table::layout::Layout;
use evens_audit_log::{Act, AuditHead, AuditLine};
use evens_records::Record;
use jiff::civil::Date;

pub(crate) const KIND: &str = "audit-line";

pub(crate) const ENTITY: Entity = Entity {
    kind: KIND,
    row: "line of the audit log | `AUDIT#2026-11-23` / `0000000007` | [books](books.md); immutable",
    books: Books::Read(&[&[
        "number",
        "at",
        "actor",
        "action",
        "subject",
        "reason",
        "before",
        "after",
        "previous_hash",
        "hash",
    ]]),
    hidden: &[],
    records,
};
pub(crate) const HEAD_KIND: &str = "audit-head";

pub(crate) const HEAD_ENTITY: Entity = Entity {
    kind: HEAD_KIND,
    row: "head of the audit log | `AUDIT` / `HEAD` | number and `hash` of the newest line",
    books: Books::Read(&[&["revision", "hash"]]),
    hidden: &[],
    records: records_of_head,
};

pub(crate) fn partition(day: Date) -> String {
    format!("AUDIT#{day}")
}

/// Lines sort by number.
pub(crate) fn sort(number: u64) -> String {
    format!("{number:010}")
}

pub(crate) fn key(line: &AuditLine) -> Key {
    Key { partition: partition(line.day()), sort: sort(line.number) }
}

pub(crate) fn head_key() -> Key {
    Key { partition: "AUDIT".to_owned(), sort: "HEAD".to_owned() }
}

pub(crate) fn encode(line: &AuditLine) -> Item {
    let Act { actor, action, subject, reason, before, after } = &line.act;
    ItemBuilder::new(&ENTITY, &key(line))
        .number("number", line.number)
        .text("at", line.at)
        .text("actor", actor)
        .text("action", action)
        .text("subject", subject)
        .text("reason", reason)
        .text("before", before)
        .text("after", after)
        .text("previous_hash", line.previous_hash)
        .text("hash", line.hash)
        .build()
}

pub(crate) fn decode(item: &Item) -> Result<AuditLine, StoreError> {
    let fields = Fields::of(item);
    let act = Act {
        actor: fields.get("actor")?,
        action: fields.get("action")?,
        subject: fields.get("subject")?,
        reason: fields.get("reason")?,
        before: fields.get("before")?,
        after: fields.get("after")?,
    };
    Ok(AuditLine {
        number: fields.get("number")?,
        at: fields.get("at")?,
        act,
        previous_hash: fields.get("previous_hash")?,
        hash: fields.get("hash")?,
    })
}

pub(crate) fn encode_head(head: AuditHead) -> Item {
    ItemBuilder::new(&HEAD_ENTITY, &head_key())
        .number("revision", head.number)
        .text("hash", head.hash)
        .build()
}

pub(crate) fn decode_head(item: &Item) -> Result<AuditHead, StoreError> {
    let fields = Fields::of(item);
    Ok(AuditHead { number: fields.get("revision")?, hash: fields.get("hash")? })
}

fn records(item: &Item, _: Layout) -> Result<ScannedRecords, StoreError> {
    let line = decode(item)?;
    Ok(ScannedRecords::at(key(&line), Record::AuditLine(Box::new(line))))
}

fn records_of_head(item: &Item, _: Layout) -> Result<ScannedRecords, StoreError> {
    Ok(ScannedRecords::at(head_key(), Record::AuditHead(decode_head(item)?)))
}
