//! The wallet: `USER#{user}` / `WALLET`. Its version guards every change of its balances.
//!
//! The attribute `blocked` is there while its user may not bet. The attribute `fence` says which bets that were under way
//! can no longer be placed: those that read the wallet with another one. Neither is part of the wallet's value, and no
//! movement of money touches them.

use crate::StoreError;
use crate::item::{Fields, Item, ItemBuilder, Key};
use evens_ledger::{UserId, Wallet};

pub(crate) const KIND: &str = "wallet";

pub(crate) fn key(user: UserId) -> Key {
    Key { partition: format!("USER#{user}"), sort: "WALLET".to_owned() }
}

pub(crate) fn encode(wallet: &Wallet) -> Item {
    ItemBuilder::new(KIND, &key(wallet.user))
        .number("user", wallet.user)
        .number("balance", wallet.balance)
        .number("bonus", wallet.bonus)
        .number("locked", wallet.locked)
        .number("version", wallet.version)
        .text("head", wallet.head)
        .build()
}

/// The wallet of a user, from what was read of it: the empty one if he never held money.
pub(crate) fn of(user: UserId, item: Option<&Item>) -> Result<Wallet, StoreError> {
    item.map_or_else(|| Ok(Wallet::empty(user)), decode)
}

/// The fence of what was read of a wallet; none where nothing was fenced off yet.
pub(crate) fn fence(item: Option<&Item>) -> Result<Option<String>, StoreError> {
    item.map_or(Ok(None), |item| Fields::of(item).optional("fence"))
}

/// A wallet without a bonus is of the time before there were any.
pub(crate) fn decode(item: &Item) -> Result<Wallet, StoreError> {
    let fields = Fields::of(item);
    Ok(Wallet {
        user: fields.get("user")?,
        balance: fields.get("balance")?,
        bonus: fields.optional("bonus")?.unwrap_or_default(),
        locked: fields.get("locked")?,
        version: fields.get("version")?,
        head: fields.get("head")?,
    })
}
