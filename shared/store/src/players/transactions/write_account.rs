//! Changes of an account and of its login.

use crate::players::entities::login::PasswordHash;
use crate::players::entities::{account, login, session};
use crate::table::item::{AttributeValue, Item, number, text};
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{Change, WriteOutcome, change, put_in_place};
use crate::wallet::entities::wallet;
use crate::wallet::transactions::fence;
use crate::{Store, StoreError};
use evens_audit_log::Act;
use evens_ledger::UserId;
use evens_players::{Account, LastLogin, PhoneNumber, Role, Session, UserName};
use jiff::Timestamp;

// Position of the wallet in the transactions of an account with its wallet.
const WALLET: usize = 1;

// Positions of items in the transactions of a login.
const LOGIN: usize = 0;
const ACCOUNT_OF_LOGIN: usize = 1;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoginOutcome {
    /// Recorded; the account afterwards.
    LoggedIn(Box<Account>),
    /// The account is blocked; nothing changed.
    Blocked,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountWrite {
    /// The account afterwards.
    Written(Box<Account>),
    UnknownUser,
}

/// Placeholders in an expression, with their values.
type Values = Vec<(&'static str, AttributeValue)>;

impl Store {
    /// Records a login.
    ///
    /// 1. account: exists and is not blocked, else [`LoginOutcome::Blocked`]
    ///
    /// # Role
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
            AccountUpdate::Written(account) => Ok(LoginOutcome::LoggedIn(account)),
            AccountUpdate::Refused(Some(_)) => Ok(LoginOutcome::Blocked),
            AccountUpdate::Refused(None) => Err(StoreError::corrupt(user, "a login without an account")),
        }
    }

    /// Changes the fields that players may change themselves. A field that is `None` stays.
    ///
    /// 1. account: exists, else [`AccountWrite::UnknownUser`]
    ///
    /// # Role
    /// - `GetItem` on `ACCOUNT#`
    /// - `UpdateItem` on `ACCOUNT#`
    pub async fn update_profile(
        &self,
        user: UserId,
        name: Option<&UserName>,
        picture: Option<u32>,
    ) -> Result<AccountWrite, StoreError> {
        let mut values = Vec::new();
        if let Some(name) = name {
            values.push((":name", text(name)));
        }
        if let Some(picture) = picture {
            values.push((":picture", number(picture)));
        }
        let update = match (name, picture) {
            (Some(_), Some(_)) => "SET user_name = :name, picture = :picture",
            (Some(_), None) => "SET user_name = :name",
            (None, Some(_)) => "SET picture = :picture",
            (None, None) => return self.load_account(user).await.map(AccountWrite::of),
        };
        self.write_account(user, update, values).await
    }

    /// Changes the role of an account and of its wallet, and logs the act: all items, or none. From then on the
    /// account's bets are those of the new role, regardless of tokens and earlier reads, because the wallet gets a new
    /// fence. Taking a role ends all sessions and tokens of the account, so its old tokens stay dead if the role comes
    /// back.
    ///
    /// 1. account: exists, else [`AccountWrite::UnknownUser`]; its role is the one read, else read again
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
        let is_player = role == Role::Player;
        let values = || if is_player { Vec::new() } else { vec![(":role", text(role.as_str()))] };
        let with_fence = || [values(), vec![(":fence", text(fence::next()))]].concat();
        let (set, on_wallet) = if is_player {
            ("REMOVE user_role", "SET fence = :fence REMOVE user_role")
        } else {
            ("SET user_role = :role", "SET fence = :fence, user_role = :role")
        };
        let updates = |read: &Account| {
            let (ending, one) = ended_sessions(read.role != Role::Player);
            [(format!("{set}{ending}"), [values(), one].concat()), (on_wallet.to_owned(), with_fence())]
        };
        self.write_logged(user, |account| account.role == role, updates, act, now).await
    }

    async fn write_account(
        &self,
        user: UserId,
        update: &'static str,
        values: Values,
    ) -> Result<AccountWrite, StoreError> {
        let written = || Change {
            key: account::key(user),
            update,
            condition: "attribute_exists(pk)",
            values: values.clone(),
        };
        let changed: Result<_, StoreError> =
            attempt!(self, WriteAccount, { self.change_account(written()).await.map(Attempt::Done) });
        Ok(match changed? {
            AccountUpdate::Written(account) => AccountWrite::Written(account),
            AccountUpdate::Refused(_) => AccountWrite::UnknownUser,
        })
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
        let update = if is_blocked { "SET blocked = :yes" } else { "REMOVE blocked" };
        let values = || if is_blocked { vec![(":yes", text("yes"))] } else { Vec::new() };
        let (ending, one) = ended_sessions(is_blocked);
        let updates = |_: &Account| {
            let on_account = (format!("{update}{ending}"), [values(), one.clone()].concat());
            [on_account, (update.to_owned(), values())]
        };
        self.write_logged(user, |account| account.is_blocked == is_blocked, updates, act, now).await
    }

    /// Ends the sessions and tokens of an epoch of an account, and logs the act: all items, or none. The session items
    /// are left for [`Store::end_sessions`]; no token opens them. Does nothing if the epoch has ended already.
    /// The conditions are those of [`Store::set_role`], without the wallet.
    ///
    /// # Role
    /// - `GetItem` on `ACCOUNT#`, `AUDIT`
    /// - `PutItem` on `AUDIT`, `AUDIT#`
    /// - `UpdateItem` on `ACCOUNT#`
    pub async fn end_epoch(
        &self,
        user: UserId,
        epoch: u64,
        act: &Act,
        now: Timestamp,
    ) -> Result<AccountWrite, StoreError> {
        let updates = |_: &Account| {
            let (ending, one) = ended_sessions(true);
            [(ending.trim_start().to_owned(), one)]
        };
        self.write_logged(user, |account| account.session_epoch != epoch, updates, act, now).await
    }

    /// Updates an account, and its wallet if there is a second update, with a line in the log. Writes nothing if it is
    /// done already.
    async fn write_logged<const ITEMS: usize>(
        &self,
        user: UserId,
        is_done: impl Fn(&Account) -> bool,
        updates: impl Fn(&Account) -> [(String, Values); ITEMS],
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
            let updates = updates(&read);
            let (same_role, role) = account::role_is(read.role);
            let targets = [
                (account::key(user), format!("attribute_exists(pk) AND {same_role}"), role),
                (wallet::key(user), "attribute_exists(pk)".to_owned(), None),
            ];
            let mut items = Vec::new();
            for ((update, mut values), (key, condition, read)) in updates.iter().cloned().zip(targets) {
                values.extend(read);
                items.push(change(Change { key, update: &update, condition: &condition, values }));
            }
            items.extend(self.log_items(act.clone(), now).await?);
            match self.transact(items).await? {
                WriteOutcome::Committed => {
                    self.observe_change(crate::ChangedItem::Account(user));
                    self.load_account(user).await.map(AccountWrite::of).map(Attempt::Done)
                }
                WriteOutcome::Refused { position: WALLET, .. } if ITEMS > WALLET => {
                    Err(StoreError::corrupt(user, "an account without a wallet"))
                }
                WriteOutcome::Refused { .. } => Ok(Attempt::Again(StoreError::Contended)),
            }
        })
    }

    /// Replaces the password of an account if its hash is still the one read, and records the time. Also opens the
    /// first session with the new password, which owes the player a notification. All three items, or none. Returns
    /// `true` if the new password is stored now.
    ///
    /// 1. login: the hash is the one read, or already the new one
    /// 2. account: exists, as its login does
    /// 3. session: absent, as its id is drawn at random, unless an earlier attempt of the same call opened it
    ///
    /// # Role
    /// - `PutItem` on `SESSION#`
    /// - `UpdateItem` on `ACCOUNT#`, `PHONE#`
    pub async fn replace_password(
        &self,
        account: &Account,
        read: &PasswordHash,
        new: &PasswordHash,
        opened: &Session,
    ) -> Result<bool, StoreError> {
        attempt!(self, WriteAccount, {
            let noted = Change {
                key: account::key(account.user),
                update: account::SET_PASSWORD_TIME,
                condition: "attribute_exists(pk)",
                values: vec![(":at", text(opened.created_at))],
            };
            let items = vec![
                change(replaced(&account.phone, read, new)),
                change(noted),
                put_in_place(
                    session::encode(opened, self.layout),
                    "attribute_not_exists(pk) OR current_hash = :opened",
                    vec![(":opened", text(opened.current))],
                ),
            ];
            match self.transact(items).await? {
                WriteOutcome::Committed => Ok(Attempt::Done(true)),
                WriteOutcome::Refused { position: LOGIN, .. } => Ok(Attempt::Done(false)),
                WriteOutcome::Refused { position: ACCOUNT_OF_LOGIN, .. } => {
                    Err(StoreError::corrupt(account.user, "a login without an account"))
                }
                WriteOutcome::Refused { .. } => {
                    Err(StoreError::corrupt(account.user, "a session with that id exists already"))
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

    async fn change_account(&self, wanted: Change<'_>) -> Result<AccountUpdate, StoreError> {
        match self.change_and_read(wanted).await? {
            Ok(item) => account::decode(&item).map(Box::new).map(AccountUpdate::Written),
            Err(found) => Ok(AccountUpdate::Refused(found)),
        }
    }
}

/// The part of an update that ends all sessions of an account, with its value; nothing if they go on.
fn ended_sessions(is_end: bool) -> (&'static str, Values) {
    if is_end { (account::END_SESSIONS, vec![(":one", number(1))]) } else { ("", Vec::new()) }
}

fn replaced(phone: &PhoneNumber, read: &PasswordHash, new: &PasswordHash) -> Change<'static> {
    Change {
        key: login::key(phone),
        update: "SET password_hash = :new",
        condition: "password_hash = :read OR password_hash = :new",
        values: vec![(":read", text(read.as_phc())), (":new", text(new.as_phc()))],
    }
}

enum AccountUpdate {
    Written(Box<Account>),
    Refused(Option<Item>),
}

impl AccountWrite {
    fn of(account: Option<Account>) -> Self {
        account.map_or(Self::UnknownUser, |account| Self::Written(Box::new(account)))
    }
}
