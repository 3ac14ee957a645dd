//! A session: `SESSION#{user}` / `SESSION#{family}`. Holds the hash of its one valid refresh token, and of the one
//! before it with the salt that made its successor. The engine deletes it some time after it expires; an expired
//! session is refused before that. While something is owed since the login, the session is in the `unfinished` index
//! under `OWED#{shard}`. It stays there if the session is ended early, but without a hash, so that no token opens it.

use crate::StoreError;
use crate::table::entity::{Books, Entity};
use crate::table::index_place::{IndexPlace, ScannedRecords};
use crate::table::item::{AttributeValue, Fields, Item, ItemBuilder, Key, text};
use crate::table::layout::Layout;
use crate::table::shard::Shard;
use crate::table::write::Change;
use evens_ledger::UserId;
use evens_players::{FamilyId, PendingTask, Predecessor, Session};
use evens_records::Record;

pub(crate) const KIND: &str = "session";

pub(crate) const ENTITY: Entity = Entity {
    kind: KIND,
    row: "session | `SESSION#42` / `SESSION#9f3c…` | `current_hash`, since its first refresh `replaced_hash` \
          and `successor_salt`; while work is owed `owed_day` or `owed_notice`, and `unfinished_pk` `OWED#05`; \
          if ended meanwhile, `ended` and no hash",
    books: Books::Read(&[&[
        "user",
        "family",
        "current_hash",
        "generation",
        EPOCH,
        "created_at",
        "rotated_at",
        "owed_day",
        "owed_notice",
        ENDED,
    ]]),
    hidden: &["replaced_hash", "successor_salt"],
    records,
};

/// Present on an ended session that still owes something.
pub(crate) const ENDED: &str = "ended";

/// Absent from sessions of an account whose sessions were never ended at once.
const EPOCH: &str = "session_epoch";

pub(crate) fn key(user: UserId, family: FamilyId) -> Key {
    Key { partition: partition(user), sort: format!("SESSION#{family}") }
}

/// Sessions have a partition of their own, because they may be deleted and other items may not.
pub(crate) fn partition(user: UserId) -> String {
    format!("SESSION#{user}")
}

/// Partition of the `unfinished` index for a shard of debts since logins.
pub(crate) fn index_partition(shard: Shard) -> String {
    format!("OWED#{shard}")
}

pub(crate) fn encode(session: &Session, layout: Layout) -> Item {
    let (day, notice) = match &session.owed {
        Some(PendingTask::Day(day)) => (Some(day), None),
        Some(PendingTask::PasswordNotice(about)) => (None, Some(about)),
        None => (None, None),
    };
    let item = ItemBuilder::new(&ENTITY, &key(session.user, session.family))
        .number("user", session.user)
        .text("family", session.family)
        .text("current_hash", session.current)
        .optional_text("replaced_hash", session.previous.map(|previous| previous.digest))
        .optional_text("successor_salt", session.previous.map(|previous| previous.salt))
        .number("generation", session.generation)
        .optional_number(EPOCH, (session.epoch > 0).then_some(session.epoch))
        .text("created_at", session.created_at)
        .text("rotated_at", session.rotated_at)
        .expires(session.expires_at)
        .optional_text("owed_day", day)
        .optional_text("owed_notice", notice);
    if session.owed.is_none() {
        return item.build();
    }
    item.unfinished(index_partition(layout.shard_of(session.user)), session.created_at).build()
}

/// Ends a session that owes something. The debt stays.
pub(crate) fn ended(key: Key) -> Change<'static> {
    let update = "SET ended = :yes REMOVE current_hash, replaced_hash, successor_salt";
    Change { key, update, condition: "attribute_exists(pk)", values: vec![(":yes", text("yes"))] }
}

/// The condition that a session owes this, with the value of `:owed`.
pub(crate) fn owes(owed: &PendingTask) -> (&'static str, AttributeValue) {
    match owed {
        PendingTask::Day(day) => ("owed_day = :owed", text(day)),
        PendingTask::PasswordNotice(about) => ("owed_notice = :owed", text(about)),
    }
}

/// Removes a debt from a session that has it.
pub(crate) fn cleared(key: Key, owed: &PendingTask) -> Change<'static> {
    let update = match owed {
        PendingTask::Day(_) => "REMOVE owed_day, unfinished_pk, unfinished_sk",
        PendingTask::PasswordNotice(_) => "REMOVE owed_notice, unfinished_pk, unfinished_sk",
    };
    let (condition, value) = owes(owed);
    Change { key, update, condition, values: vec![(":owed", value)] }
}

/// The debt of a session, whether or not the session has ended.
pub(crate) fn decode_owed(item: &Item) -> Result<Option<PendingTask>, StoreError> {
    let fields = Fields::of(item);
    match (fields.optional("owed_day")?, fields.optional("owed_notice")?) {
        (None, None) => Ok(None),
        (Some(day), None) => Ok(Some(PendingTask::Day(day))),
        (None, Some(about)) => Ok(Some(PendingTask::PasswordNotice(about))),
        (Some(_), Some(_)) => Err(fields.corrupt("owed_notice")),
    }
}

/// The replaced token. Sessions that were last refreshed by an older version have none.
fn decode_previous(fields: Fields<'_>) -> Result<Option<Predecessor>, StoreError> {
    match (fields.optional("replaced_hash")?, fields.optional("successor_salt")?) {
        (None, None) => Ok(None),
        (Some(digest), Some(salt)) => Ok(Some(Predecessor { digest, salt })),
        (None, Some(_)) => Err(fields.corrupt("replaced_hash")),
        (Some(_), None) => Err(fields.corrupt("successor_salt")),
    }
}

/// Returns `None` if the session was ended.
pub(crate) fn decode(item: &Item) -> Result<Option<Session>, StoreError> {
    let fields = Fields::of(item);
    if fields.flag(ENDED)? {
        return Ok(None);
    }
    Ok(Some(Session {
        user: fields.get("user")?,
        family: fields.get("family")?,
        current: fields.get("current_hash")?,
        previous: decode_previous(fields)?,
        generation: fields.get("generation")?,
        epoch: fields.optional(EPOCH)?.unwrap_or_default(),
        created_at: fields.get("created_at")?,
        rotated_at: fields.get("rotated_at")?,
        expires_at: fields.expires()?,
        owed: decode_owed(item)?,
    }))
}

fn records(item: &Item, layout: Layout) -> Result<ScannedRecords, StoreError> {
    decode(item)?;
    let fields = Fields::of(item);
    let (user, since) = (fields.get("user")?, fields.get("created_at")?);
    let listed = decode_owed(item)?
        .map_or(IndexPlace::Never, |_| IndexPlace::Always(index_partition(layout.shard_of(user)), since));
    Ok(ScannedRecords::at(key(user, fields.get("family")?), Record::Visit(user)).with_listing(listed))
}
