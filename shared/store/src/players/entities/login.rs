//! The login of a phone number: `PHONE#{phone}` / `LOGIN`. Its presence keeps the number unique. It is the only item
//! that holds a password hash, and no response is made from it.

use crate::StoreError;
use crate::table::item::{Fields, Item, ItemBuilder, Key};
use evens_ledger::UserId;
use evens_players::PhoneNumber;
use std::fmt;

pub(crate) const KIND: &str = "login";
/// Prefix of the partition keys of logins, followed by the phone number.
pub(crate) const PARTITION_PREFIX: &str = "PHONE#";

/// A password's hash as a PHC string. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    pub fn new(phc: String) -> Self {
        Self(phc)
    }

    pub fn as_phc(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PasswordHash(..)")
    }
}

/// The login of a phone number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    pub user: UserId,
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
