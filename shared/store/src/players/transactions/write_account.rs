//! Changes of an account and of its login by logins and by staff.

use crate::players::entities::login::PasswordHash;
use crate::players::entities::{account, listed_player, login, session};
use crate::players::transactions::account_update::Update;
use crate::table::item::{Fields, Item, SET, number, text};
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{Change, WriteOutcome, change, change_unseen, put_in_place};
use crate::wallet::entities::{owner, wallet};
use crate::wallet::transactions::fence;
use crate::{Store, StoreError};
use evens_audit_log::Act;
use evens_ledger::UserId;
use evens_players::{Account, LastLogin, PhoneNumber, Role, Session};
use jiff::Timestamp;

// Position of the wallet in the transactions of an account with its wallet.
const WALLET: usize = 1;

// Positions of items in the transactions of a login.
const LOGIN: usize = 0;
const ACCOUNT_OF_LOGIN: usize = 1;
const WALLET_OF_LOGIN: usize = 3;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoginOutcome {
    /// Recorded; the account afterwards.
    LoggedIn(Box<Account>),
    /// The account is blocked; nothing changed.
    Blocked,
}

/// The outcomes of replacing a password, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordWrite {
    /// Another request replaced the password since its hash was read; nothing changed.
    HashChanged,
    /// The sessions of the account were ended since it was read; nothing changed.
    SessionsEnded,
    /// The new password is stored.
    Replaced,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountWrite {
    /// The account afterwards.
    Written(Box<Account>),
    UnknownUser,
}

impl Store {
    /// Records a login, and puts a player into the lists of players who signed up before these existed.
    ///
    /// 1. account: exists and is not blocked, else [`LoginOutcome::Blocked`]
    ///
    /// # Role
    /// - `PutItem` on `PLAYERS#`
    /// - `UpdateItem` on `ACCOUNT#`
    pub async fn record_login(&self, user: UserId, login: &LastLogin) -> Result<LoginOutcome, StoreError> {
        let recorded = || Change {
            key: account::key(user),
            update: "SET last_login_at = :at, last_login_address = :address",
            condition: "attribute_exists(pk) AND attribute_not_exists(blocked)",
            values: vec![(":at", text(login.at)), (":address", text(&login.address))],
        };
        let changed: Result<_, StoreError> =
            attempt!(self, WriteAccount, { self.change_account(recorded()).await.map(Attempt::Done) });
        match changed? {
            AccountUpdate::Written { account, is_listed } => {
                if !is_listed {
                    self.list_player(&account).await;
                }
                Ok(LoginOutcome::LoggedIn(account))
            }
            AccountUpdate::Refused(Some(_)) => Ok(LoginOutcome::Blocked),
            AccountUpdate::Refused(None) => Err(StoreError::corrupt(user, "a login without an account")),
        }
    }

    /// Changes the role of an account and of its wallet, and logs the act: all items, or none. From then on the
    /// account's bets are those of the new role, regardless of tokens and earlier reads, because the wallet gets a new
    /// fence. Taking a role ends all sessions and tokens of the account, so its old tokens stay dead if the role comes
    /// back. The wallet gets the epoch of the account's sessions, so that a bet or a withdrawal by an old token is
    /// refused, regardless of earlier reads.
    ///
    /// 1. account: exists, else [`AccountWrite::UnknownUser`]; its role and its epoch are those read, else read again
    /// 2. wallet: exists, as the account does
    /// 3. head of the log: is the one read, else read again until the deadline
    /// 4. line of the log: absent, else the same
    pub async fn set_role(
        &self,
        user: UserId,
        role: Role,
        act: &Act,
        now: Timestamp,
    ) -> Result<AccountWrite, StoreError> {
        let updates = |read: &Account| {
            let [account, wallet] = both(ended_sessions(read, read.role != Role::Player));
            let wallet = wallet.set("fence = :fence", [(":fence", text(fence::next()))]);
            [account, wallet].map(|update| match role {
                Role::Player => update.remove("user_role"),
                role => update.set("user_role = :role", [(":role", text(role.as_str()))]),
            })
        };
        self.write_logged(user, |account| account.role == role, updates, act, now).await
    }

    /// Blocks or unblocks an account and its wallet, and logs the act: all items, or none. No bet of a blocked account
    /// is accepted, regardless of earlier reads. A block ends all sessions and tokens of the account, so they stay dead
    /// after it is unblocked. The conditions are those of [`Store::set_role`].
    ///
    /// # Role
    /// - `GetItem` on `ACCOUNT#`, `AUDIT`
    /// - `PutItem` on `AUDIT`, `AUDIT#`
    /// - `UpdateItem` on `ACCOUNT#`, `USER#`
    pub async fn set_blocked(
        &self,
        user: UserId,
        is_blocked: bool,
        act: &Act,
        now: Timestamp,
    ) -> Result<AccountWrite, StoreError> {
        let updates = |read: &Account| {
            both(if is_blocked {
                ended_sessions(read, true).set("blocked = :yes", [(":yes", text(SET))])
            } else {
                Update::default().remove("blocked")
            })
        };
        self.write_logged(user, |account| account.is_blocked == is_blocked, updates, act, now).await
    }

    /// Ends the sessions and tokens of an epoch of an account, and logs the act: all items, or none. The session items
    /// are left for [`Store::end_sessions`]; no token opens them. Does nothing if the epoch has ended already.
    /// The conditions are those of [`Store::set_role`].
    ///
    /// # Role
    /// - `GetItem` on `ACCOUNT#`, `AUDIT`
    /// - `PutItem` on `AUDIT`, `AUDIT#`
    /// - `UpdateItem` on `ACCOUNT#`, `USER#`
    pub async fn end_epoch(
        &self,
        user: UserId,
        epoch: u64,
        act: &Act,
        now: Timestamp,
    ) -> Result<AccountWrite, StoreError> {
        let updates = |read: &Account| both(ended_sessions(read, true));
        self.write_logged(user, |account| account.session_epoch != epoch, updates, act, now).await
    }

    /// Updates an account and its wallet, with a line in the log. Writes nothing if it is done already.
    async fn write_logged(
        &self,
        user: UserId,
        is_done: impl Fn(&Account) -> bool,
        updates: impl Fn(&Account) -> [Update; 2],
        act: &Act,
        now: Timestamp,
    ) -> Result<AccountWrite, StoreError> {
        attempt!(self, WriteAccount, {
            let Some(read) = self.load_account(user).await? else {
                return Ok(Attempt::Done(AccountWrite::UnknownUser));
            };
            if is_done(&read) {
                return Ok(Attempt::Done(AccountWrite::Written(Box::new(read))));
            }
            let [on_account, on_wallet] = updates(&read);
            let (same_role, role) = account::role_is(read.role);
            let (same_epoch, epoch) = account::epoch_is(read.session_epoch);
            let condition = format!("attribute_exists(pk) AND {same_role} AND {same_epoch}");
            let values = role.into_iter().chain(epoch).collect();
            let mut items = vec![
                on_account.item(account::key(user), &condition, values),
                on_wallet.item(wallet::key(user), "attribute_exists(pk)", Vec::new()),
            ];
            items.extend(self.log_items(act.clone(), now).await?);
            match self.transact(items).await? {
                WriteOutcome::Committed => {
                    self.observe_change(crate::ChangedItem::Account(user));
                    self.load_account(user).await.map(AccountWrite::of).map(Attempt::Done)
                }
                WriteOutcome::Refused { position: WALLET, .. } => {
                    Err(StoreError::corrupt(user, "an account without a wallet"))
                }
                WriteOutcome::Refused { .. } => Ok(Attempt::Again(StoreError::Contended)),
            }
        })
    }

    /// Replaces the password of an account if its hash is still the one read, records the time, and ends all sessions
    /// and tokens of the account. Also opens the first session with the new password, of the new epoch, which owes the
    /// player a notification. All four items, or none. The other session items are left for
    /// [`Store::end_other_sessions`]; no token opens them.
    ///
    /// 1. login: the hash is the one read, or already the new one, else [`PasswordWrite::HashChanged`]
    /// 2. account: exists, as its login does, and its epoch is the one read, else [`PasswordWrite::SessionsEnded`],
    ///    unless an earlier attempt of the same call ended it
    /// 3. session: absent, as its id is drawn at random, unless an earlier attempt of the same call opened it
    /// 4. wallet: exists, as the account does
    ///
    /// # Role
    /// - `PutItem` on `SESSION#`
    /// - `UpdateItem` on `ACCOUNT#`, `PHONE#`, `USER#`
    pub async fn replace_password(
        &self,
        account: &Account,
        read: &PasswordHash,
        new: &PasswordHash,
        opened: &Session,
    ) -> Result<PasswordWrite, StoreError> {
        let (user, epoch) = (account.user, owner::epoch_value(opened.epoch));
        attempt!(self, WriteAccount, {
            let (same_epoch, read_epoch) = account::epoch_is(account.session_epoch);
            let mut values = vec![
                (":at", text(opened.created_at)),
                (":password_changes", number(account.password_changes + 1)),
                epoch.clone(),
            ];
            values.extend(read_epoch);
            let noted = Change {
                key: account::key(user),
                update: account::SET_PASSWORD,
                condition: &format!("attribute_exists(pk) AND ({same_epoch} OR ({}))", account::HAS_PASSWORD),
                values,
            };
            let copied = Change {
                key: wallet::key(user),
                update: owner::SET_EPOCH,
                condition: "attribute_exists(pk)",
                values: vec![epoch.clone()],
            };
            let items = vec![
                change(replaced(&account.phone, read, new)),
                change(noted),
                put_in_place(
                    session::encode(opened, self.layout),
                    "attribute_not_exists(pk) OR current_hash = :opened",
                    vec![(":opened", text(opened.current))],
                ),
                change_unseen(copied),
            ];
            match self.transact(items).await? {
                WriteOutcome::Committed => {
                    self.observe_change(crate::ChangedItem::Account(user));
                    Ok(Attempt::Done(PasswordWrite::Replaced))
                }
                WriteOutcome::Refused { position: LOGIN, .. } => {
                    Ok(Attempt::Done(PasswordWrite::HashChanged))
                }
                WriteOutcome::Refused { position: ACCOUNT_OF_LOGIN, found: Some(_) } => {
                    Ok(Attempt::Done(PasswordWrite::SessionsEnded))
                }
                WriteOutcome::Refused { position: ACCOUNT_OF_LOGIN, found: None } => {
                    Err(StoreError::corrupt(user, "a login without an account"))
                }
                WriteOutcome::Refused { position: WALLET_OF_LOGIN, .. } => {
                    Err(StoreError::corrupt(user, "an account without a wallet"))
                }
                WriteOutcome::Refused { .. } => {
                    Err(StoreError::corrupt(user, "a session with that id exists already"))
                }
            }
        })
    }

    /// Stores another hash of the same password if the stored hash is still `read`. Returns `true` if the new hash is
    /// stored now.
    ///
    /// 1. login: the hash is the one read, or already the new one
    ///
    /// # Role
    /// - `UpdateItem` on `PHONE#`
    pub async fn keep_rehashed(
        &self,
        phone: &PhoneNumber,
        read: &PasswordHash,
        new: &PasswordHash,
    ) -> Result<bool, StoreError> {
        attempt!(self, WriteAccount, {
            let written = self.change_one(replaced(phone, read, new)).await?;
            Ok(Attempt::Done(matches!(written, WriteOutcome::Committed)))
        })
    }

    pub(super) async fn change_account(&self, wanted: Change<'_>) -> Result<AccountUpdate, StoreError> {
        match self.change_and_read(wanted).await? {
            Ok(item) => {
                let is_listed = Fields::of(&item).flag(listed_player::LISTED)?;
                Ok(AccountUpdate::Written { account: Box::new(account::decode(&item)?), is_listed })
            }
            Err(found) => Ok(AccountUpdate::Refused(found)),
        }
    }
}

/// The update that ends all sessions and tokens of an account; nothing if they go on.
fn ended_sessions(read: &Account, is_end: bool) -> Update {
    if is_end {
        Update::default().set(owner::EPOCH, [owner::epoch_value(read.next_session_epoch())])
    } else {
        Update::default()
    }
}

/// The same update for an account and for its wallet.
fn both(update: Update) -> [Update; 2] {
    [update.clone(), update]
}

fn replaced(phone: &PhoneNumber, read: &PasswordHash, new: &PasswordHash) -> Change<'static> {
    Change {
        key: login::key(phone),
        update: "SET password_hash = :new",
        condition: "password_hash = :read OR password_hash = :new",
        values: vec![(":read", text(read.as_phc())), (":new", text(new.as_phc()))],
    }
}

pub(super) enum AccountUpdate {
    Written {
        account: Box<Account>,
        /// `true` if the player is in the lists of players.
        is_listed: bool,
    },
    Refused(Option<Item>),
}

impl AccountWrite {
    pub(super) fn of(account: Option<Account>) -> Self {
        account.map_or(Self::UnknownUser, |account| Self::Written(Box::new(account)))
    }
}
