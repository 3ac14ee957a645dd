//! A request for a new password: `RECOVERY#{digest of its id}` / `RECOVERY`. Holds the number that was given and a
//! keyed hash of the code, whether or not the number has an account. The engine deletes it some time after it expires;
//! an expired code is refused before that. A recovery that was used owes the player a notification until it is on its
//! way: until then it is in the `unfinished` index under `OWED#{shard}`, beside the sessions.

use super::session;
use crate::StoreError;
use crate::table::entity::{Books, Entity};
use crate::table::index_place::{IndexPlace, ScannedRecords};
use crate::table::item::{Fields, Item, ItemBuilder, Key, SET, number, text};
use crate::table::layout::Layout;
use crate::table::shard::index_sort;
use crate::table::write::Change;
use evens_ledger::{Digest, UserId};
use evens_players::Recovery;
use evens_records::Record;
use jiff::{SignedDuration, Timestamp};

pub(crate) const KIND: &str = "recovery";

pub(crate) const ENTITY: Entity = Entity {
    kind: KIND,
    row: "recovery | `RECOVERY#9f3c…` *the digest of its id* / `RECOVERY` | `code_hash`, `tries`; once used \
          `used_at`, `user`; while its notification is owed `unfinished_pk` `OWED#05`",
    books: Books::Read(&[&["phone", "used_at", "user", "owed_notice"]]),
    hidden: &["code_hash", "tries", "sent_at"],
    records,
};
/// Prefix of the partition keys, followed by the digest of the id.
pub(crate) const PARTITION_PREFIX: &str = "RECOVERY#";

/// The time for which a used recovery is kept: as long as an event can wait for its receiver.
const USED_KEPT: SignedDuration = SignedDuration::from_hours(24);

pub(crate) fn key(recovery: Digest) -> Key {
    Key { partition: format!("{PARTITION_PREFIX}{recovery}"), sort: "RECOVERY".to_owned() }
}

pub(crate) fn encode(recovery: &Recovery) -> Item {
    ItemBuilder::new(&ENTITY, &key(recovery.key))
        .text("phone", &recovery.phone)
        .text("code_hash", recovery.hash)
        .number("tries", recovery.tries)
        .text("sent_at", recovery.sent_at)
        .expires(recovery.expires_at())
        .build()
}

pub(crate) fn decode(item: &Item) -> Result<Recovery, StoreError> {
    let fields = Fields::of(item);
    Ok(Recovery {
        key: decode_key(item)?,
        phone: fields.get("phone")?,
        hash: fields.get("code_hash")?,
        tries: fields.get("tries")?,
        sent_at: fields.get("sent_at")?,
        used_at: fields.optional("used_at")?,
    })
}

pub(crate) fn decode_key(item: &Item) -> Result<Digest, StoreError> {
    let key = Key::of(item)?.partition.strip_prefix(PARTITION_PREFIX).and_then(|text| text.parse().ok());
    key.ok_or_else(|| Fields::of(item).corrupt("pk"))
}

/// Takes one of the tries of a code that is still valid.
pub(crate) fn tried(recovery: Digest, now: Timestamp) -> Change<'static> {
    Change {
        key: key(recovery),
        update: "SET tries = tries + :one",
        condition: "tries < :most AND expires_at > :now AND attribute_not_exists(used_at)",
        values: vec![
            (":one", number(1)),
            (":most", number(Recovery::TRIES_MAX)),
            (":now", number(now.as_second())),
        ],
    }
}

/// Uses a code for an account, whose player is owed a notification from then on.
pub(crate) fn used(tried: &Recovery, user: UserId, now: Timestamp, layout: Layout) -> Change<'static> {
    Change {
        key: key(tried.key),
        update: "SET used_at = :at, #user = :user, owed_notice = :owed, expires_at = :kept, unfinished_pk = :pk, \
                 unfinished_sk = :sk",
        condition: "code_hash = :tried AND attribute_not_exists(used_at)",
        values: vec![
            (":at", text(now)),
            (":user", number(user)),
            (":owed", text(SET)),
            (":kept", number(now.checked_add(USED_KEPT).unwrap_or(Timestamp::MAX).as_second())),
            (":pk", text(session::index_partition(layout.shard_of(user)))),
            (":sk", text(index_sort(now))),
            (":tried", text(tried.hash)),
        ],
    }
}

/// Removes the debt of a recovery that has one.
pub(crate) fn cleared(recovery: Digest) -> Change<'static> {
    Change {
        key: key(recovery),
        update: "REMOVE owed_notice, unfinished_pk, unfinished_sk",
        condition: "attribute_exists(owed_notice)",
        values: Vec::new(),
    }
}

/// The player to whom a used recovery owes a notification, and the time since which.
pub(crate) fn decode_owed(item: &Item) -> Result<Option<(UserId, Timestamp)>, StoreError> {
    let fields = Fields::of(item);
    if !fields.flag("owed_notice")? {
        return Ok(None);
    }
    Ok(Some((fields.get("user")?, fields.get("used_at")?)))
}

fn records(item: &Item, layout: Layout) -> Result<ScannedRecords, StoreError> {
    // Only the code that checks a code needs the other attributes.
    let listed = decode_owed(item)?.map_or(IndexPlace::Never, |(user, since)| {
        IndexPlace::Always(session::index_partition(layout.shard_of(user)), since)
    });
    Ok(ScannedRecords::at(key(decode_key(item)?), Record::Aside).with_listing(listed))
}
