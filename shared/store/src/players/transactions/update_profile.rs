//! Changes of the fields that players change themselves, and the place of a player in the lists of players, which
//! follows the name.

use super::write_account::{AccountUpdate, AccountWrite};
use crate::players::entities::account;
use crate::players::entities::listed_player::{self, LISTED, ListedPlayer};
use crate::table::item::{SET, number, text};
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{Change, Write, WriteOutcome, change, delete, put_again};
use crate::{Store, StoreError};
use evens_ledger::UserId;
use evens_players::{Account, UserName};

// Position of the account in the transaction below.
const ACCOUNT: usize = 0;

impl Store {
    /// Changes the fields that players may change themselves. A field that is `None` stays. With another name, the
    /// player moves in the list by name: all items, or none.
    ///
    /// 1. account: exists, else [`AccountWrite::UnknownUser`]; its name is the one read if it changes, else read again
    ///
    /// # Role
    /// - `DeleteItem` on `PLAYERS#`
    /// - `GetItem` on `ACCOUNT#`
    /// - `PutItem` on `PLAYERS#`
    /// - `UpdateItem` on `ACCOUNT#`
    pub async fn update_profile(
        &self,
        user: UserId,
        name: Option<&UserName>,
        picture: Option<u32>,
    ) -> Result<AccountWrite, StoreError> {
        attempt!(self, WriteAccount, {
            let Some(read) = self.load_account(user).await? else {
                return Ok(Attempt::Done(AccountWrite::UnknownUser));
            };
            let name = name.filter(|name| read.name.as_ref() != Some(*name));
            match (name, picture) {
                (None, None) => Ok(Attempt::Done(AccountWrite::of(Some(read)))),
                (None, Some(picture)) => self.set_picture(user, picture).await.map(Attempt::Done),
                (Some(name), _) => {
                    let picture = picture.or(read.picture);
                    let after = Account { name: Some(name.clone()), picture, ..read.clone() };
                    self.rename(&read, after).await
                }
            }
        })
    }

    async fn set_picture(&self, user: UserId, picture: u32) -> Result<AccountWrite, StoreError> {
        let set = Change {
            key: account::key(user),
            update: "SET picture = :picture",
            condition: "attribute_exists(pk)",
            values: vec![(":picture", number(picture))],
        };
        Ok(match self.change_account(set).await? {
            AccountUpdate::Written { account, .. } => AccountWrite::Written(account),
            AccountUpdate::Refused(_) => AccountWrite::UnknownUser,
        })
    }

    /// Writes the new name and picture, and the place under the new name instead of the one under the old name.
    async fn rename(&self, read: &Account, after: Account) -> Result<Attempt<AccountWrite>, StoreError> {
        let [before, now] = [read, &after].map(ListedPlayer::of);
        let mut items = vec![renamed(read, &after), put_again(listed_player::encode(&now, self.layout))];
        if before.name != now.name {
            // A player from before there were lists has no place yet.
            let perhaps = "attribute_exists(pk) OR attribute_not_exists(pk)";
            let key = listed_player::key(before.user, &before.name, self.layout);
            items.push(delete(&key, perhaps, Vec::new()));
        }
        match self.transact(items).await? {
            WriteOutcome::Committed => Ok(Attempt::Done(AccountWrite::of(Some(after)))),
            WriteOutcome::Refused { position: ACCOUNT, .. } => Ok(Attempt::Again(StoreError::Contended)),
            WriteOutcome::Refused { .. } => Err(StoreError::corrupt(read.user, "a place in the lists")),
        }
    }

    /// Puts a player into the lists of players. A failure is only logged: the next login tries again.
    pub(super) async fn list_player(&self, account: &Account) {
        let listed = Change {
            key: account::key(account.user),
            update: "SET listed = :yes",
            condition: "attribute_exists(pk) AND attribute_not_exists(listed)",
            values: vec![(":yes", text(SET))],
        };
        let place = put_again(listed_player::encode(&ListedPlayer::of(account), self.layout));
        if let Err(error) = self.transact(vec![change(listed), place]).await {
            tracing::warn!("user.id" = %account.user, %error, "Could not list player {}", account.user);
        }
    }
}

/// Sets name and picture, if the name is still the one read.
fn renamed(read: &Account, after: &Account) -> Write {
    let mut update = format!("SET {LISTED} = :yes, user_name = :name");
    let mut values = vec![(":yes", text(SET))];
    values.extend(after.name.as_ref().map(|name| (":name", text(name))));
    if let Some(picture) = after.picture {
        update.push_str(", picture = :picture");
        values.push((":picture", number(picture)));
    }
    let condition = match &read.name {
        Some(name) => {
            values.push((":read", text(name)));
            "attribute_exists(pk) AND user_name = :read"
        }
        None => "attribute_exists(pk) AND attribute_not_exists(user_name)",
    };
    change(Change { key: account::key(read.user), update: &update, condition, values })
}
