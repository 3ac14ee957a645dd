//! Sessions: opened at login, carried on by each refresh, ended at logout or when an old token comes back.

use crate::players::entities::session;
use crate::table::item::{Item, Key, number, text};
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{Change, Written};
use crate::{Store, StoreError};
use evens_ledger::UserId;
use evens_players::{FamilyId, RefreshToken, RotateOutcome, Session};
use jiff::Timestamp;

/// What became of a refresh.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefreshOutcome {
    /// The next token is good now, the presented one is not any more.
    Rotated(Session),
    /// There is no such session, or its time is over.
    Ended,
    /// An old token: somebody else has used it, so the session has been ended for everybody.
    Reused,
}

impl Store {
    /// Opens a session. Its family is drawn at random, so nothing else can be there.
    pub async fn open_session(&self, opened: &Session) -> Result<(), StoreError> {
        attempt!(self, WriteSession, {
            let put = self.client.put_item().table_name(&self.table);
            let put = put.set_item(Some(session::encode(opened)));
            let output = put.set_return_consumed_capacity(self.report_capacity()).send().await?;
            self.count_write(output.consumed_capacity.as_slice());
            Ok(Attempt::Done(()))
        })
    }

    /// Puts `next` in the place of `presented`, as the rule decides on what is there now.
    ///
    /// 1. session: the hash is the presented token's, else read again
    pub async fn rotate_session(
        &self,
        presented: &RefreshToken,
        next: &RefreshToken,
        now: Timestamp,
    ) -> Result<RefreshOutcome, StoreError> {
        attempt!(self, WriteSession, {
            let key = session::key(presented.user(), presented.family());
            let Some(item) = self.get(&key).await? else {
                return Ok(Attempt::Done(RefreshOutcome::Ended));
            };
            let found = session::decode(&item)?;
            if found.current == next.digest() {
                // An earlier attempt of this call, whose answer was lost.
                return Ok(Attempt::Done(RefreshOutcome::Rotated(found)));
            }
            let rotated = match found.rotate(presented, next, now) {
                RotateOutcome::Rotated(rotated) => rotated,
                RotateOutcome::Expired => return Ok(Attempt::Done(RefreshOutcome::Ended)),
                RotateOutcome::Reused => {
                    self.delete_session(&key).await?;
                    return Ok(Attempt::Done(RefreshOutcome::Reused));
                }
            };
            let carried_on = Change {
                key,
                update: "SET current_hash = :next, generation = :generation, rotated_at = :at, \
                         expires_at = :expires",
                condition: "current_hash = :read",
                values: vec![
                    (":read", text(found.current)),
                    (":next", text(rotated.current)),
                    (":generation", number(rotated.generation)),
                    (":at", text(rotated.rotated_at)),
                    (":expires", number(rotated.expires_at.as_second())),
                ],
            };
            match self.change_one(carried_on).await? {
                Written::Committed => Ok(Attempt::Done(RefreshOutcome::Rotated(rotated))),
                Written::Refused { .. } => Ok(Attempt::Again(StoreError::Contended)),
            }
        })
    }

    /// A session, if it has not ended.
    pub async fn load_session(&self, user: UserId, family: FamilyId) -> Result<Option<Session>, StoreError> {
        self.get(&session::key(user, family)).await?.as_ref().map(session::decode).transpose()
    }

    /// Ends a session. Harmless where there is none.
    pub async fn end_session(&self, user: UserId, family: FamilyId) -> Result<(), StoreError> {
        self.end_session_at(&session::key(user, family)).await
    }

    /// Ends every session of a user, also one that cannot be read.
    pub async fn end_sessions(&self, user: UserId) -> Result<(), StoreError> {
        loop {
            let open = self.session_items(user).await?;
            if open.is_empty() {
                return Ok(());
            }
            for item in &open {
                self.end_session_at(&Key::of(item)?).await?;
            }
        }
    }

    /// The sessions of a user, a thousand at most, ended ones among them that the engine has not deleted yet.
    pub async fn list_sessions(&self, user: UserId) -> Result<Vec<Session>, StoreError> {
        self.session_items(user).await?.iter().map(session::decode).collect()
    }

    async fn session_items(&self, user: UserId) -> Result<Vec<Item>, StoreError> {
        let query = self.client.query().table_name(&self.table).consistent_read(true);
        let query = query
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", text(session::partition(user)));
        self.query_up_to(&query, None, Self::PAGE.into()).await
    }

    async fn end_session_at(&self, key: &Key) -> Result<(), StoreError> {
        attempt!(self, WriteSession, { self.delete_session(key).await.map(Attempt::Done) })
    }

    async fn delete_session(&self, key: &Key) -> Result<(), StoreError> {
        let delete = self.client.delete_item().table_name(&self.table);
        let delete = delete.set_key(Some(key.attributes()));
        let output = delete.set_return_consumed_capacity(self.report_capacity()).send().await?;
        self.count_write(output.consumed_capacity.as_slice());
        Ok(())
    }
}
