//! The login of a phone number: `PHONE#{phone}` / `LOGIN`. Its presence keeps the number unique. It is the only item
//! that holds a password hash, and no response is made from it.

use crate::StoreError;
use crate::table::entity::{Books, Entity};
use crate::table::index_place::ScannedRecords;
use crate::table::item::{Fields, Item, ItemBuilder, Key};
use crate::table::layout::Layout;
use evens_ledger::UserId;
use evens_players::PhoneNumber;
use evens_records::{Name, Record};
use std::fmt;

pub(crate) const KIND: &str = "login";

pub(crate) const ENTITY: Entity = Entity {
    kind: KIND,
    row: "login | `PHONE#+919876543210` / `LOGIN` | `password_hash` (Argon2id, the only item that has one)",
    books: Books::Read(&[&["user"]]),
    hidden: &["password_hash"],
    records,
};
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
    ItemBuilder::new(&ENTITY, &key(phone))
        .number("user", login.user)
        .text("password_hash", login.password.as_phc())
        .build()
}

pub(crate) fn decode(item: &Item) -> Result<Login, StoreError> {
    let fields = Fields::of(item);
    Ok(Login { user: fields.get("user")?, password: PasswordHash(fields.get("password_hash")?) })
}

fn records(item: &Item, _: Layout) -> Result<ScannedRecords, StoreError> {
    let fields = Fields::of(item);
    let partition: String = fields.get("pk")?;
    let phone = partition.strip_prefix(PARTITION_PREFIX).and_then(|text| text.parse().ok());
    let phone = phone.ok_or_else(|| fields.corrupt("pk"))?;
    Ok(ScannedRecords::at(key(&phone), Record::Name(Name::Phone(phone), fields.get("user")?)))
}
