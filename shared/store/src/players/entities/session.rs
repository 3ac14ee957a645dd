//! A session: `SESSION#{user}` / `SESSION#{family}`. Holds the hash of the one refresh token that is good now. The
//! engine deletes it some time after its end; what has ended is refused before that. While something is owed since the
//! login, it is in the index of unfinished things under `OWED#{shard}`, and it stays there when the session is ended by
//! somebody: then it has no hash any more, which no token opens.

use crate::StoreError;
use crate::table::item::{Fields, Item, ItemBuilder, Key, text};
use crate::table::shard::Shard;
use crate::table::write::Change;
use aws_sdk_dynamodb::types::AttributeValue;
use evens_ledger::UserId;
use evens_players::{FamilyId, Owed, Session};

pub(crate) const KIND: &str = "session";

/// What is there once a session is ended that owes something still.
pub(crate) const ENDED: &str = "ended";

pub(crate) fn key(user: UserId, family: FamilyId) -> Key {
    Key { partition: partition(user), sort: format!("SESSION#{family}") }
}

/// Where the sessions of a user are, and nothing else: they are deleted, which nothing beside them may be.
pub(crate) fn partition(user: UserId) -> String {
    format!("SESSION#{user}")
}

/// The partition of a shard of the index of what is owed since logins.
pub(crate) fn index_partition(shard: Shard) -> String {
    format!("OWED#{shard}")
}

pub(crate) fn encode(session: &Session) -> Item {
    let (day, notice) = match &session.owed {
        Some(Owed::Day(day)) => (Some(day), None),
        Some(Owed::PasswordNotice(about)) => (None, Some(about)),
        None => (None, None),
    };
    let item = ItemBuilder::new(KIND, &key(session.user, session.family))
        .number("user", session.user)
        .text("family", session.family)
        .text("current_hash", session.current)
        .number("generation", session.generation)
        .text("created_at", session.created_at)
        .text("rotated_at", session.rotated_at)
        .expires(session.expires_at)
        .optional_text("owed_day", day)
        .optional_text("owed_notice", notice);
    if session.owed.is_none() {
        return item.build();
    }
    item.unfinished(index_partition(Shard::of(session.user)), session.created_at).build()
}

/// Ends a session that owes something: what it owes stays.
pub(crate) fn ended(key: Key) -> Change<'static> {
    let update = "SET ended = :yes REMOVE current_hash";
    Change { key, update, condition: "attribute_exists(pk)", values: vec![(":yes", text("yes"))] }
}

/// That a session owes this, with the value of `:owed`.
pub(crate) fn owes(owed: &Owed) -> (&'static str, AttributeValue) {
    match owed {
        Owed::Day(day) => ("owed_day = :owed", text(day)),
        Owed::PasswordNotice(about) => ("owed_notice = :owed", text(about)),
    }
}

/// Takes out of a session what it owes, if it does.
pub(crate) fn cleared(key: Key, owed: &Owed) -> Change<'static> {
    let update = match owed {
        Owed::Day(_) => "REMOVE owed_day, unfinished_pk, unfinished_sk",
        Owed::PasswordNotice(_) => "REMOVE owed_notice, unfinished_pk, unfinished_sk",
    };
    let (condition, value) = owes(owed);
    Change { key, update, condition, values: vec![(":owed", value)] }
}

/// What a session owes, whether or not it has ended.
pub(crate) fn decode_owed(item: &Item) -> Result<Option<Owed>, StoreError> {
    let fields = Fields::of(item);
    match (fields.optional("owed_day")?, fields.optional("owed_notice")?) {
        (None, None) => Ok(None),
        (Some(day), None) => Ok(Some(Owed::Day(day))),
        (None, Some(about)) => Ok(Some(Owed::PasswordNotice(about))),
        (Some(_), Some(_)) => Err(fields.corrupt("owed_notice")),
    }
}

/// The session; none where somebody has ended it.
pub(crate) fn decode(item: &Item) -> Result<Option<Session>, StoreError> {
    let fields = Fields::of(item);
    if fields.flag(ENDED)? {
        return Ok(None);
    }
    Ok(Some(Session {
        user: fields.get("user")?,
        family: fields.get("family")?,
        current: fields.get("current_hash")?,
        generation: fields.get("generation")?,
        created_at: fields.get("created_at")?,
        rotated_at: fields.get("rotated_at")?,
        expires_at: fields.expires()?,
        owed: decode_owed(item)?,
    }))
}
