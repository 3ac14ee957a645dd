//! A session: `SESSION#{user}` / `SESSION#{family}`. Holds the hash of the one refresh token that is good now. The
//! engine deletes it some time after its end; what has ended is refused before that.

use crate::StoreError;
use crate::table::item::{Fields, Item, ItemBuilder, Key};
use evens_ledger::UserId;
use evens_players::{FamilyId, Session};

pub(crate) const KIND: &str = "session";
pub(crate) fn key(user: UserId, family: FamilyId) -> Key {
    Key { partition: partition(user), sort: format!("SESSION#{family}") }
}

/// Where the sessions of a user are, and nothing else: they are deleted, which nothing beside them may be.
pub(crate) fn partition(user: UserId) -> String {
    format!("SESSION#{user}")
}

pub(crate) fn encode(session: &Session) -> Item {
    ItemBuilder::new(KIND, &key(session.user, session.family))
        .number("user", session.user)
        .text("family", session.family)
        .text("current_hash", session.current)
        .number("generation", session.generation)
        .text("created_at", session.created_at)
        .text("rotated_at", session.rotated_at)
        .expires(session.expires_at)
        .build()
}

pub(crate) fn decode(item: &Item) -> Result<Session, StoreError> {
    let fields = Fields::of(item);
    Ok(Session {
        user: fields.get("user")?,
        family: fields.get("family")?,
        current: fields.get("current_hash")?,
        generation: fields.get("generation")?,
        created_at: fields.get("created_at")?,
        rotated_at: fields.get("rotated_at")?,
        expires_at: fields.expires()?,
    })
}
