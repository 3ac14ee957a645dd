//! What a phone number logs in to: `PHONE#{phone}` / `LOGIN`. Its presence keeps the number unique. The only item that
//! holds a password hash, and no answer is made from it.

use crate::StoreError;
use crate::table::item::{Fields, Item, ItemBuilder, Key};
use evens_ledger::UserId;
use evens_players::PhoneNumber;
use std::fmt;

pub(crate) const KIND: &str = "login";
/// What the partition keys of logins begin with: the phone number follows.
pub(crate) const PARTITION_PREFIX: &str = "PHONE#";

/// A password's hash as a PHC string. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// The hash of that PHC string.
    pub fn new(phc: String) -> Self {
        Self(phc)
    }

    /// The PHC string.
    pub fn as_phc(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PasswordHash(..)")
    }
}

/// What a phone number logs in to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// The user.
    pub user: UserId,
    /// The hash of the password.
    pub password: PasswordHash,
}

pub(crate) fn key(phone: &PhoneNumber) -> Key {
    Key { partition: format!("{PARTITION_PREFIX}{phone}"), sort: "LOGIN".to_owned() }
}

pub(crate) fn encode(phone: &PhoneNumber, login: &Login) -> Item {
    ItemBuilder::new(KIND, &key(phone))
        .number("user", login.user)
        .text("password_hash", login.password.as_phc())
        .build()
}

pub(crate) fn decode(item: &Item) -> Result<Login, StoreError> {
    let fields = Fields::of(item);
    Ok(Login { user: fields.get("user")?, password: PasswordHash(fields.get("password_hash")?) })
}
