//! Sessions: opened at login, renewed by each refresh, ended at logout or when an old token is presented. A debt since
//! a login is stored with its session until it is done.

use crate::players::entities::{recovery, session};
use crate::table::item::{Fields, Item, Key, number, text};
use crate::table::queries::{Page, PageStart};
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{Change, WriteOutcome};
use crate::{Since, Store, StoreError};
use evens_ledger::{Digest, UserId};
use evens_players::{FamilyId, PendingTask, RefreshToken, RotateOutcome, Session, SuccessorSalt};
use evens_table::Query;
use jiff::Timestamp;
use std::cmp::Reverse;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefreshOutcome {
    /// The successor of the presented token is valid now, and the presented one no longer is. Also for a token that was
    /// replaced a moment ago.
    Rotated(Session),
    /// The session does not exist, or has expired.
    Ended,
    /// An old token was presented, so it may be stolen. The session was ended.
    Reused,
}

/// A debt to a player since a login.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SessionDebt {
    pub user: UserId,
    pub owed: PendingTask,
}

/// A debt to a player since a login or since a recovery.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PlayerDebt {
    Session(SessionDebt),
    /// The notification about the password that a recovery has set.
    Recovery {
        user: UserId,
        recovery: Digest,
    },
}

/// Maximum number of sessions that a user has at the same time. Further logins end those unused for longest.
pub const SESSIONS_MAX: usize = 100;

/// Number of items with debts that are read at once: no more than a batch holds.
const DEBTS_AT_ONCE: u16 = 100;

impl Store {
    /// Opens a session. Its family is drawn at random, so no other item has its key.
    pub async fn open_session(&self, opened: &Session) -> Result<(), StoreError> {
        let item = session::encode(opened, self.layout);
        attempt!(self, WriteSession, { self.put(item.clone()).await.map(Attempt::Done) })
    }

    /// Replaces `presented` by its successor with this salt, as the rule decides from the current state.
    ///
    /// 1. session: the hash is the presented token's, else read again
    pub async fn rotate_session(
        &self,
        presented: &RefreshToken,
        salt: SuccessorSalt,
        now: Timestamp,
    ) -> Result<RefreshOutcome, StoreError> {
        attempt!(self, WriteSession, {
            let key = session::key(presented.user(), presented.family());
            let Some(item) = self.get(&key).await? else {
                return Ok(Attempt::Done(RefreshOutcome::Ended));
            };
            let Some(found) = session::decode(&item)? else {
                return Ok(Attempt::Done(RefreshOutcome::Ended));
            };
            let rotated = match found.rotate(presented, salt, now) {
                RotateOutcome::Rotated(rotated) => rotated,
                RotateOutcome::Repeated => return Ok(Attempt::Done(RefreshOutcome::Rotated(found))),
                RotateOutcome::Expired => return Ok(Attempt::Done(RefreshOutcome::Ended)),
                RotateOutcome::Reused => {
                    self.delete_session(&key).await?;
                    return Ok(Attempt::Done(RefreshOutcome::Reused));
                }
            };
            let carried_on = Change {
                key,
                update: "SET current_hash = :next, replaced_hash = :read, successor_salt = :salt, \
                         generation = :generation, rotated_at = :at, expires_at = :expires",
                condition: "current_hash = :read",
                values: vec![
                    (":read", text(found.current)),
                    (":next", text(rotated.current)),
                    (":salt", text(salt)),
                    (":generation", number(rotated.generation)),
                    (":at", text(rotated.rotated_at)),
                    (":expires", number(rotated.expires_at.as_second())),
                ],
            };
            match self.change_one(carried_on).await? {
                WriteOutcome::Committed => Ok(Attempt::Done(RefreshOutcome::Rotated(rotated))),
                WriteOutcome::Refused { .. } => Ok(Attempt::Again(StoreError::Contended)),
            }
        })
    }

    /// A session, if it has not ended.
    ///
    /// # Role
    /// - `GetItem` on `SESSION#`
    pub async fn load_session(&self, user: UserId, family: FamilyId) -> Result<Option<Session>, StoreError> {
        let found = self.get(&session::key(user, family)).await?;
        found.as_ref().map(session::decode).transpose().map(Option::flatten)
    }

    /// Ends a session. Does nothing if there is none.
    ///
    /// # Role
    /// - `DeleteItem` on `SESSION#`
    /// - `UpdateItem` on `SESSION#`
    pub async fn end_session(&self, user: UserId, family: FamilyId) -> Result<(), StoreError> {
        self.end_session_at(&session::key(user, family)).await
    }

    /// Ends every session of a user, including unreadable ones.
    ///
    /// # Role
    /// - `DeleteItem` on `SESSION#`
    /// - `Query` on `SESSION#`
    /// - `UpdateItem` on `SESSION#`
    pub async fn end_sessions(&self, user: UserId) -> Result<(), StoreError> {
        self.end_sessions_but(user, None).await
    }

    /// Ends every session of a user but this one.
    ///
    /// # Role
    /// - `DeleteItem` on `SESSION#`
    /// - `Query` on `SESSION#`
    /// - `UpdateItem` on `SESSION#`
    pub async fn end_other_sessions(&self, user: UserId, kept: FamilyId) -> Result<(), StoreError> {
        self.end_sessions_but(user, Some(session::key(user, kept))).await
    }

    async fn end_sessions_but(&self, user: UserId, kept: Option<Key>) -> Result<(), StoreError> {
        loop {
            let open = self.open_session_items(user).await?;
            let mut open = open.iter().map(Key::of).collect::<Result<Vec<_>, _>>()?;
            open.retain(|key| Some(key) != kept.as_ref());
            if open.is_empty() {
                return Ok(());
            }
            for key in &open {
                self.end_session_at(key).await?;
            }
        }
    }

    /// The sessions of a user, at most a thousand, including expired ones that the engine has not deleted yet.
    ///
    /// # Role
    /// - `Query` on `SESSION#`
    pub async fn list_sessions(&self, user: UserId) -> Result<Vec<Session>, StoreError> {
        let items = self.open_session_items(user).await?;
        items.iter().filter_map(|item| session::decode(item).transpose()).collect()
    }

    /// Ends the sessions of a user that were unused for longest, if more than [`SESSIONS_MAX`] of the thousand that are
    /// read are open. An unreadable session does not count.
    ///
    /// # Role
    /// - `DeleteItem` on `SESSION#`
    /// - `Query` on `SESSION#`
    /// - `UpdateItem` on `SESSION#`
    pub async fn end_longest_unused(&self, user: UserId) -> Result<(), StoreError> {
        let items = self.open_session_items(user).await?;
        let readable = items.iter().filter_map(|item| session::decode(item).ok().flatten());
        let mut open: Vec<_> = readable.collect();
        open.sort_by_key(|session| Reverse(session.rotated_at));
        for session in open.iter().skip(SESSIONS_MAX) {
            self.end_session(user, session.family).await?;
        }
        Ok(())
    }

    /// Marks a debt as done in every session of a user. Does nothing if it is not owed.
    ///
    /// 1. each session that owes it, regardless of their number: still owes it
    ///
    /// # Role
    /// - `Query` on `SESSION#`
    /// - `UpdateItem` on `SESSION#`
    pub async fn clear_owed(&self, user: UserId, owed: &PendingTask) -> Result<(), StoreError> {
        let (owes, value) = session::owes(owed);
        let query = Self::sessions_of(user).filter(owes).value(":owed", value);
        let mut start = None;
        loop {
            let (items, next) = self.query_page(&query, start, Self::PAGE.into()).await?;
            for item in &items {
                self.clear_owed_at(&Key::of(item)?, owed).await?;
            }
            start = next;
            if start.is_none() {
                return Ok(());
            }
        }
    }

    async fn clear_owed_at(&self, key: &Key, owed: &PendingTask) -> Result<(), StoreError> {
        attempt!(self, WriteSession, {
            self.change_one(session::cleared(key.clone(), owed)).await.map(|_| Attempt::Done(()))
        })
    }

    /// A page of the debts since logins and recoveries in a shard, for those in the given range of time; the first
    /// page, or the one at `start`. Leaves out debts that were done in the meantime.
    ///
    /// # Role
    /// - `BatchGetItem` on `RECOVERY#`, `SESSION#`
    /// - `Query` on index `unfinished`
    pub async fn sweep_session_debts(
        &self,
        shard: u8,
        opened: Since,
        start: Option<PageStart>,
    ) -> Result<Page<PlayerDebt>, StoreError> {
        let partition = session::index_partition(self.layout.shard(shard));
        let start = start.map(|start| start.0);
        let (places, next) = self.page_of_unfinished(&partition, opened, start, DEBTS_AT_ONCE).await?;
        let keys = places.iter().map(Key::of).collect::<Result<Vec<_>, _>>()?;
        let items = if keys.is_empty() { Vec::new() } else { self.get_batch_again(&keys).await? };
        let items: Vec<_> = items.into_iter().flatten().collect();
        let Page { found, left_out, next } = Page::of(&items, player_debt, next);
        Ok(Page { found: found.into_iter().flatten().collect(), left_out, next })
    }

    async fn open_session_items(&self, user: UserId) -> Result<Vec<Item>, StoreError> {
        let query = Self::sessions_of(user).filter("attribute_not_exists(ended)");
        self.query_up_to(&query, None, Self::PAGE.into()).await
    }

    /// All sessions of a user, including ended ones that owe or owed something.
    fn sessions_of(user: UserId) -> Query {
        Query::new("pk = :pk").consistent(true).value(":pk", text(session::partition(user)))
    }

    async fn end_session_at(&self, key: &Key) -> Result<(), StoreError> {
        attempt!(self, WriteSession, { self.delete_session(key).await.map(Attempt::Done) })
    }

    /// Deletes a session. A session with a debt is only ended, so that the debt is kept.
    async fn delete_session(&self, key: &Key) -> Result<(), StoreError> {
        let condition = "attribute_not_exists(unfinished_pk)";
        match self.delete_one(key, condition).await? {
            WriteOutcome::Committed => Ok(()),
            // If its debt was done in the meantime, the item stays until the engine deletes it.
            WriteOutcome::Refused { .. } => self.change_one(session::ended(key.clone())).await.map(drop),
        }
    }
}

/// The debt of a session or of a recovery, if it still has one.
fn player_debt(item: &Item) -> Result<Option<PlayerDebt>, StoreError> {
    if Fields::of(item).get::<String>("kind")? == recovery::KIND {
        let recovery = recovery::decode_key(item)?;
        let owed = recovery::decode_owed(item)?;
        return Ok(owed.map(|(user, _)| PlayerDebt::Recovery { user, recovery }));
    }
    let user = Fields::of(item).get("user")?;
    Ok(session::decode_owed(item)?.map(|owed| PlayerDebt::Session(SessionDebt { user, owed })))
}
