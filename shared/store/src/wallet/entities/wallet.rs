//! The wallet: `USER#{user}` / `WALLET`. Its version guards every change of its balances.
//!
//! The attribute `blocked` is there while its user may not bet, and `user_role` while they have a role beside playing.
//! The attribute `fence` says which bets that were under way can no longer be placed: those that read the wallet with
//! another one. None is part of the wallet's value, and no movement of money touches them. What its player has set
//! against their own play is told in `play`.
//!
//! It carries its newest entries, as `entries` with the `previous_hash` before them, until they fill a page.

use super::{entry, play};
use crate::StoreError;
use crate::table::item::{Fields, Item, ItemBuilder, Key};
use evens_ledger::{UserId, Wallet};
use evens_own_limits::PlayLimits;

pub(crate) const KIND: &str = "wallet";

pub(crate) fn key(user: UserId) -> Key {
    Key { partition: format!("USER#{user}"), sort: "WALLET".to_owned() }
}

/// A wallet as it was read, and what bets of its player are held to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenWallet {
    /// The wallet.
    pub wallet: Wallet,
    pub(crate) play: PlayLimits,
}

/// What was read of a user's wallet, with what bets are held to: the empty one if they never held money.
pub(crate) fn seen(user: UserId, item: Option<&Item>) -> Result<SeenWallet, StoreError> {
    Ok(SeenWallet { wallet: of(user, item)?, play: play::of(item)? })
}

/// A wallet without entries.
pub(crate) fn encode_empty(user: UserId) -> Item {
    let wallet = Wallet::empty(user);
    ItemBuilder::new(KIND, &key(wallet.user))
        .number("user", wallet.user)
        .number("balance", wallet.balance)
        .number("bonus", wallet.bonus)
        .number("locked", wallet.locked)
        .number("version", wallet.version)
        .text("head", wallet.head)
        .build()
}

/// The wallet of a user, from what was read of it: the empty one if they never held money.
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
    let (user, version) = (fields.get("user")?, fields.get("version")?);
    Ok(Wallet {
        user,
        balance: fields.get("balance")?,
        bonus: fields.optional("bonus")?.unwrap_or_default(),
        locked: fields.get("locked")?,
        version,
        head: fields.get("head")?,
        newest: entry::decode_newest(fields, user, version)?,
    })
}
