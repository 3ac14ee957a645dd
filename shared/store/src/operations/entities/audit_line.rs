//! A line of the audit log: `AUDIT#{day}` / `{number}`, put once. The head of the log: `AUDIT` / `HEAD`, whose
//! attribute `revision` is the number of the newest line.

use crate::StoreError;
use crate::table::item::{Fields, Item, ItemBuilder, Key};
use evens_audit_log::{Act, AuditHead, AuditLine};
use jiff::civil::Date;

pub(crate) const KIND: &str = "audit-line";
pub(crate) const HEAD_KIND: &str = "audit-head";

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
    ItemBuilder::new(KIND, &key(line))
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
    ItemBuilder::new(HEAD_KIND, &head_key()).number("revision", head.number).text("hash", head.hash).build()
}

pub(crate) fn decode_head(item: &Item) -> Result<AuditHead, StoreError> {
    let fields = Fields::of(item);
    Ok(AuditHead { number: fields.get("revision")?, hash: fields.get("hash")? })
}
