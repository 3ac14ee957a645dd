//! The newest code sent to a player to verify their phone number: `PHONE-CODE#{user}` / `PHONE-CODE`. Holds a keyed
//! hash of the code, and the number of tries. The engine deletes it some time after it expires; an expired code is
//! refused before that.

use crate::StoreError;
use crate::table::entity::{Books, Entity};
use crate::table::index_place::ScannedRecords;
use crate::table::item::{Fields, Item, ItemBuilder, Key};
use crate::table::layout::Layout;
use evens_ledger::UserId;
use evens_players::SentCode;
use evens_records::Record;

pub(crate) const KIND: &str = "phone-code";

pub(crate) const ENTITY: Entity = Entity {
    kind: KIND,
    row: "phone code | `PHONE-CODE#42` / `PHONE-CODE` | the newest code: `code_hash`, `tries`",
    books: Books::Read(&[&["user"]]),
    hidden: &["code_hash", "tries", "sent_at"],
    records,
};

pub(crate) fn key(user: UserId) -> Key {
    Key { partition: format!("PHONE-CODE#{user}"), sort: "PHONE-CODE".to_owned() }
}

pub(crate) fn encode(sent: &SentCode) -> Item {
    ItemBuilder::new(&ENTITY, &key(sent.user))
        .number("user", sent.user)
        .text("code_hash", sent.hash)
        .number("tries", sent.tries)
        .text("sent_at", sent.sent_at)
        .expires(sent.expires_at())
        .build()
}

pub(crate) fn decode(item: &Item) -> Result<SentCode, StoreError> {
    let fields = Fields::of(item);
    Ok(SentCode {
        user: fields.get("user")?,
        hash: fields.get("code_hash")?,
        tries: fields.get("tries")?,
        sent_at: fields.get("sent_at")?,
    })
}

fn records(item: &Item, _: Layout) -> Result<ScannedRecords, StoreError> {
    // Only the code that checks a phone code needs the other attributes.
    Ok(ScannedRecords::at(key(Fields::of(item).get("user")?), Record::Aside))
}
