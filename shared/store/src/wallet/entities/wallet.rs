//! The wallet: `USER#{user}` / `WALLET`. Its version guards every change of its balances.
//!
//! `fence` is a condition of each bet: a bet that was decided with an earlier fence can no longer be placed. It is not
//! part of the wallet's value, and no movement of money changes it. [`owner`](super::owner) describes the copy that the
//! wallet has of its account, and [`play`] the limits that players set for themselves.
//!
//! The wallet carries its newest entries, as `entries` with the `previous_hash` before them, until they fill a page.

use super::{entry, owner, play};
use crate::StoreError;
use crate::players::entities::account;
use crate::table::entity::{Books, Entity};
use crate::table::index_place::{IndexPlace, ScannedRecords};
use crate::table::item::{Fields, Item, ItemBuilder, Key};
use crate::table::layout::Layout;
use evens_exchange::PlayerState;
use evens_ledger::{UserId, Wallet};
use evens_own_limits::{PlayLimits, PlayRules};
use evens_records::{Access, Record, StoredLimits};
use std::iter::once;

pub(crate) const KIND: &str = "wallet";

pub(crate) const ENTITY: Entity = Entity {
    kind: KIND,
    row: "wallet | `USER#42` / `WALLET` | `head` *hash of the newest entry*, `entries` *the newest*, \
          `previous_hash` *of the entry before them*; *copies of the account's attributes*, `held` *debt or \
          hold*, `play` *limits*, `play_sums` *start, stakes, payouts*",
    books: Books::Read(&[
        &["user", "balance", "bonus", "locked", "version", "head", "fence"],
        entry::CARRIED,
        owner::ATTRIBUTES,
        play::ATTRIBUTES,
    ]),
    hidden: &[],
    records,
};

/// Prefix of the partition keys of wallets.
pub(crate) const PARTITION_PREFIX: &str = "USER#";

pub(crate) fn key(user: UserId) -> Key {
    Key { partition: format!("{PARTITION_PREFIX}{user}"), sort: "WALLET".to_owned() }
}

/// A wallet as read, with the restrictions on its player's bets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WalletSnapshot {
    pub wallet: Wallet,
    pub(crate) play: PlayLimits,
    pub(crate) guard: PlayerGuard,
}

/// A wallet's player, and the fence that changes with their exclusion.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct PlayerGuard {
    pub(crate) player: PlayerState,
    pub(crate) fence: Option<String>,
}

/// Decodes a user's wallet with its restrictions. A user who never held money has the empty wallet.
pub(crate) fn seen(user: UserId, item: Option<&Item>) -> Result<WalletSnapshot, StoreError> {
    Ok(WalletSnapshot { wallet: of(user, item)?, play: play::of(item)?, guard: guard(item)? })
}

/// Does not depend on the rest of the wallet, which may be corrupt.
pub(crate) fn guard(item: Option<&Item>) -> Result<PlayerGuard, StoreError> {
    let is_blocked = item.is_some_and(|item| item.contains_key(account::BLOCKED));
    let player = PlayerState { is_blocked, exclusion: play::exclusion(item)? };
    Ok(PlayerGuard { player, fence: fence(item)? })
}

pub(crate) fn encode_empty(user: UserId) -> Item {
    let wallet = Wallet::empty(user);
    ItemBuilder::new(&ENTITY, &key(wallet.user))
        .number("user", wallet.user)
        .number("balance", wallet.balance)
        .number("bonus", wallet.bonus)
        .number("locked", wallet.locked)
        .number("version", wallet.version)
        .text("head", wallet.head)
        .build()
}

/// Decodes a user's wallet. A user who never held money has the empty wallet.
pub(crate) fn of(user: UserId, item: Option<&Item>) -> Result<Wallet, StoreError> {
    item.map_or_else(|| Ok(Wallet::empty(user)), decode)
}

/// Returns `None` if the wallet has never had a fence.
pub(crate) fn fence(item: Option<&Item>) -> Result<Option<String>, StoreError> {
    item.map_or(Ok(None), |item| Fields::of(item).optional("fence"))
}

/// A wallet without `bonus` is from before there were bonuses.
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

fn records(item: &Item, _: Layout) -> Result<ScannedRecords, StoreError> {
    let fields = Fields::of(item);
    let mut wallet = decode(item)?;
    let (key, newest) = (key(wallet.user), std::mem::take(&mut wallet.newest));
    let (rules, sums) = (play::of(Some(item))?.rules, play::stored_sums(fields)?);
    let stored = StoredLimits { user: wallet.user, rules, sums, fence: fence(Some(item))? };
    let play = (rules != PlayRules::NONE || sums.is_some()).then(|| Record::PlayLimits(Box::new(stored)));
    let owner = owner::of(Some(item))?;
    let access = Access {
        role: fields.optional(account::ROLE)?.unwrap_or_default(),
        is_blocked: owner.is_blocked,
        session_epoch: owner.session_epoch,
        recovered_at: owner.recovered_at,
    };
    let access = (access != Access::default()).then_some(Record::Access(wallet.user, access));
    let records = once(Record::Wallet(wallet)).chain(play).chain(access);
    let records = records.chain(newest.into_iter().map(Record::Entry));
    Ok(ScannedRecords { records: records.collect(), key, listed: IndexPlace::Never })
}
