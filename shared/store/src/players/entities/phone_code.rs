//! The newest code sent to a player to verify their phone number: `PHONE-CODE#{user}` / `PHONE-CODE`. Holds a keyed
//! hash of the code, and the number of tries. The engine deletes it some time after it expires; an expired code is
//! refused before that.

use crate::StoreError;
use crate::table::item::{Fields, Item, ItemBuilder, Key};
use evens_ledger::UserId;
use evens_players::SentCode;

pub(crate) const KIND: &str = "phone-code";

pub(crate) fn key(user: UserId) -> Key {
    Key { partition: format!("PHONE-CODE#{user}"), sort: "PHONE-CODE".to_owned() }
}

pub(crate) fn encode(sent: &SentCode) -> Item {
    ItemBuilder::new(KIND, &key(sent.user))
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
