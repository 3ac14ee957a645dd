//! Recoveries: a code is stored for a number, tried, and used for a new password.

use crate::players::entities::login::PasswordHash;
use crate::players::entities::{account, login, recovery};
use crate::table::item::{Fields, Item, number, text};
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{Change, Write, WriteOutcome, change, change_unseen};
use crate::wallet::entities::{owner, wallet};
use crate::{Store, StoreError};
use evens_ledger::{Digest, UserId};
use evens_players::{Account, NotRecoverable, Recovery, Role, check_recovery};
use jiff::Timestamp;

// Positions of items in the transaction below.
const RECOVERY: usize = 0;
const WALLET: usize = 3;

/// The outcomes of a recovery, in the order of the checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecoverOutcome {
    /// The account may not be recovered, or was since the code was sent; nothing changed.
    Refused(NotRecoverable),
    /// The code was used by another request; nothing changed.
    Used,
    /// The new password is stored; the account afterwards.
    Recovered(Box<Account>),
}

impl Store {
    /// Stores a recovery that begins now. Its id is drawn at random, so no other item has its key.
    ///
    /// # Role
    /// - `PutItem` on `RECOVERY#`
    pub async fn keep_recovery(&self, begun: &Recovery) -> Result<(), StoreError> {
        let item = recovery::encode(begun);
        attempt!(self, WriteAccount, { self.put(item.clone()).await.map(Attempt::Done) })
    }

    /// A recovery, if the engine has not deleted it.
    ///
    /// # Role
    /// - `GetItem` on `RECOVERY#`
    pub async fn load_recovery(&self, key: Digest) -> Result<Option<Recovery>, StoreError> {
        self.get(&recovery::key(key)).await?.as_ref().map(recovery::decode).transpose()
    }

    /// Takes one of the tries of a recovery, before its code is compared. Returns `None` if there is none, or it has
    /// expired, was used or has no try left. Concurrent requests cannot exceed the number of tries. A try whose answer
    /// was lost may be counted twice.
    ///
    /// 1. recovery: has tries left, is valid, and was not used
    ///
    /// # Role
    /// - `UpdateItem` on `RECOVERY#`
    pub async fn try_recovery(&self, key: Digest, now: Timestamp) -> Result<Option<Recovery>, StoreError> {
        attempt!(self, WriteAccount, {
            match self.change_and_read(recovery::tried(key, now)).await? {
                Ok(item) => recovery::decode(&item).map(|found| Attempt::Done(Some(found))),
                Err(_) => Ok(Attempt::Done(None)),
            }
        })
    }

    /// Sets a new password for an account by a code that was right, as the rule decides from the current account, and
    /// ends all of its sessions and tokens. The code is used up, and owes the player a notification. All four items,
    /// or none. The session items are left for [`Store::end_sessions`]; no token opens them.
    ///
    /// 1. recovery: the one that was tried, and not used, else [`RecoverOutcome::Used`], unless an earlier attempt of
    ///    the same call used it
    /// 2. login of the account's number: is of this account, else read again
    /// 3. account: may still be recovered, and its epoch is the one read, else read again
    /// 4. wallet: exists, as the account does
    ///
    /// # Role
    /// - `GetItem` on `ACCOUNT#`, `PHONE#`
    /// - `UpdateItem` on `ACCOUNT#`, `PHONE#`, `RECOVERY#`, `USER#`
    pub async fn recover(
        &self,
        tried: &Recovery,
        user: UserId,
        new: &PasswordHash,
        now: Timestamp,
    ) -> Result<RecoverOutcome, StoreError> {
        attempt!(self, WriteAccount, {
            let read = self.load_account(user).await?;
            let read = read.ok_or_else(|| StoreError::corrupt(user, "a login without an account"))?;
            if read.recovered_at == Some(now) && self.has_password(&read, new).await? {
                // An earlier attempt of this call whose answer was lost.
                return Ok(Attempt::Done(RecoverOutcome::Recovered(Box::new(read))));
            }
            if let Err(refusal) = check_recovery(&read, tried.sent_at, now) {
                return Ok(Attempt::Done(RecoverOutcome::Refused(refusal)));
            }
            match self.transact(self.recovered(tried, &read, new, now)).await? {
                WriteOutcome::Committed => {
                    self.observe_change(crate::ChangedItem::Account(user));
                    Ok(Attempt::Done(RecoverOutcome::Recovered(Box::new(after(read, now)))))
                }
                WriteOutcome::Refused { position: RECOVERY, found } if !was_used_at(found.as_ref(), now) => {
                    Ok(Attempt::Done(RecoverOutcome::Used))
                }
                WriteOutcome::Refused { position: WALLET, .. } => {
                    Err(StoreError::corrupt(user, "an account without a wallet"))
                }
                WriteOutcome::Refused { .. } => Ok(Attempt::Again(StoreError::Contended)),
            }
        })
    }

    /// Marks the notification of a recovery as on its way. Does nothing if it is not owed.
    ///
    /// 1. recovery: owes it
    ///
    /// # Role
    /// - `UpdateItem` on `RECOVERY#`
    pub async fn clear_recovery_notice(&self, key: Digest) -> Result<(), StoreError> {
        attempt!(self, WriteAccount, {
            self.change_one(recovery::cleared(key)).await.map(|_| Attempt::Done(()))
        })
    }

    fn recovered(&self, tried: &Recovery, read: &Account, new: &PasswordHash, now: Timestamp) -> Vec<Write> {
        let user = read.user;
        let epoch = owner::epoch_value(read.next_session_epoch());
        let (same_epoch, read_epoch) = account::epoch_is(read.session_epoch);
        let (is_player, _) = account::role_is(Role::Player);
        let changes = (":password_changes", number(read.password_changes + 1));
        let of_account = [(":at", text(now)), changes, epoch.clone()].into_iter().chain(read_epoch);
        vec![
            change(recovery::used(tried, user, now, self.layout)),
            change_unseen(Change {
                key: login::key(&read.phone),
                update: "SET password_hash = :new",
                condition: "#user = :user",
                values: vec![(":new", text(new.as_phc())), (":user", number(user))],
            }),
            change(Change {
                key: account::key(user),
                update: &format!("{}, {}", account::SET_PASSWORD, owner::RECOVERED_AT),
                condition: &format!(
                    "attribute_exists(phone_verified) AND attribute_not_exists(blocked) AND {is_player} AND \
                     {same_epoch}"
                ),
                values: of_account.collect(),
            }),
            change_unseen(Change {
                key: wallet::key(user),
                update: &format!("{}, {}", owner::SET_EPOCH, owner::RECOVERED_AT),
                condition: "attribute_exists(pk)",
                values: vec![(":at", text(now)), epoch],
            }),
        ]
    }

    async fn has_password(&self, account: &Account, password: &PasswordHash) -> Result<bool, StoreError> {
        let stored = self.load_login(&account.phone).await?;
        Ok(stored.is_some_and(|stored| stored.password == *password))
    }
}

fn after(read: Account, now: Timestamp) -> Account {
    Account {
        session_epoch: read.next_session_epoch(),
        password_changes: read.password_changes + 1,
        recovered_at: Some(now),
        ..read
    }
}

/// Returns `true` if an attempt of a call at this time may have used the recovery.
fn was_used_at(found: Option<&Item>, now: Timestamp) -> bool {
    let used_at = found.and_then(|item| Fields::of(item).optional::<Timestamp>("used_at").ok().flatten());
    used_at == Some(now)
}
