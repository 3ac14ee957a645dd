//! A payee of a player: `PAYEE#{user}` / `PAYEE#{id}`. The owner of a bank account: `PAYEE-OF#{fingerprint}` /
//! `PAYEE-OF`. The owner item keeps an account with one player until they or cashiers free it (`freed_at`). After that
//! any player may add it, or only the player for whom cashiers keep it (`kept_for`). `former` is the player who had it
//! before; owner items from before it was stored have none.

use crate::StoreError;
use crate::table::entity::{Books, Entity};
use crate::table::index_place::ScannedRecords;
use crate::table::item::{Fields, Item, ItemBuilder, Key};
use crate::table::layout::Layout;
use evens_ledger::{Digest, UserId};
use evens_payments::{AccountMask, Payee, PayeeId};
use evens_records::Record;
use jiff::Timestamp;

pub(crate) const KIND: &str = "payee";

pub(crate) const ENTITY: Entity = Entity {
    kind: KIND,
    row: "payee | `PAYEE#42` / `PAYEE#91ab…` | `mask` *the last four characters*, `sealed` *the account \
          number, `v1.{kid}.{base64}`*; after removal `removed_at`",
    books: Books::Read(&[&["user", "payee", "mask", "fingerprint", "since", "usable_from", "removed_at"]]),
    hidden: &["sealed"],
    records,
};
pub(crate) const OWNER_KIND: &str = "payee-owner";

pub(crate) const OWNER_ENTITY: Entity = Entity {
    kind: OWNER_KIND,
    row: "owner of an account | `PAYEE-OF#5d0c…` *the fingerprint of the normalized number* / `PAYEE-OF` | \
          `freed_at` *from removal until it is added again*; `kept_for` *the only user who may add it*; \
          `former` *the user who had it before*",
    books: Books::Read(&[&["user", "payee", "mask", "fingerprint"]]),
    hidden: &["freed_at", "former", "kept_for"],
    records: records_of_owner,
};

/// Prefix of the sort keys of payees.
pub(crate) const SORT_PREFIX: &str = "PAYEE#";

pub(crate) fn partition(user: UserId) -> String {
    format!("PAYEE#{user}")
}

pub(crate) fn key(user: UserId, id: &PayeeId) -> Key {
    Key { partition: partition(user), sort: format!("{SORT_PREFIX}{id}") }
}

pub(crate) fn owner_key(fingerprint: Digest) -> Key {
    Key { partition: format!("PAYEE-OF#{fingerprint}"), sort: "PAYEE-OF".to_owned() }
}

pub(crate) fn encode(payee: &Payee) -> Item {
    ItemBuilder::new(&ENTITY, &key(payee.user, &payee.id))
        .number("user", payee.user)
        .text("payee", &payee.id)
        .text("mask", &payee.mask)
        .text("sealed", &payee.sealed)
        .text("fingerprint", payee.fingerprint)
        .text("since", payee.since)
        .text("usable_from", payee.usable_from)
        .optional_text("removed_at", payee.removed_at)
        .build()
}

pub(crate) fn decode(item: &Item) -> Result<Payee, StoreError> {
    let fields = Fields::of(item);
    Ok(Payee {
        id: fields.get("payee")?,
        user: fields.get("user")?,
        mask: fields.get("mask")?,
        sealed: fields.get("sealed")?,
        fingerprint: fields.get("fingerprint")?,
        since: fields.get("since")?,
        usable_from: fields.get("usable_from")?,
        removed_at: fields.optional("removed_at")?,
    })
}

/// The attributes of a payee without the sealed number.
pub(crate) const UNSEALED: [&str; 6] = ["payee", "mask", "fingerprint", "since", "removed_at", "user"];

/// A payee without the sealed number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UnsealedPayee {
    pub(crate) id: PayeeId,
    pub(crate) mask: AccountMask,
    pub(crate) fingerprint: Digest,
    pub(crate) since: Timestamp,
    pub(crate) removed_at: Option<Timestamp>,
}

/// Decodes the [`UNSEALED`] attributes.
pub(crate) fn decode_unsealed(item: &Item) -> Result<UnsealedPayee, StoreError> {
    let fields = Fields::of(item);
    Ok(UnsealedPayee {
        id: fields.get("payee")?,
        mask: fields.get("mask")?,
        fingerprint: fields.get("fingerprint")?,
        since: fields.get("since")?,
        removed_at: fields.optional("removed_at")?,
    })
}

/// The owner of an account, the time since which it is free, the player for whom it is kept, and the owner before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Owner {
    pub(crate) user: UserId,
    pub(crate) freed_at: Option<Timestamp>,
    pub(crate) kept_for: Option<UserId>,
    pub(crate) former: Option<UserId>,
}

impl Owner {
    /// Returns `true` if the player may not add the account: it belongs to another player or is kept for one.
    pub(crate) fn is_closed_to(&self, user: UserId) -> bool {
        if self.freed_at.is_none() {
            self.user != user
        } else {
            self.kept_for.is_some_and(|kept| kept != user)
        }
    }

    /// Another player than `user` who has, had or may add the account.
    pub(crate) fn besides(&self, user: UserId) -> Option<UserId> {
        [Some(self.user), self.kept_for, self.former].into_iter().flatten().find(|other| *other != user)
    }
}

/// The owner item of the payee's account, with its owner so far. It is free if the player removed the payee.
pub(crate) fn encode_owner(payee: &Payee, read: Option<Owner>) -> Item {
    let former = read.and_then(|read| Some(read.user).filter(|user| *user != payee.user).or(read.former));
    ItemBuilder::new(&OWNER_ENTITY, &owner_key(payee.fingerprint))
        .number("user", payee.user)
        .text("payee", &payee.id)
        .text("mask", &payee.mask)
        .text("fingerprint", payee.fingerprint)
        .optional_text("freed_at", payee.removed_at)
        .optional_number("former", former)
        .build()
}

/// Returns the account's fingerprint and its owner.
pub(crate) fn decode_owner(item: &Item) -> Result<(Digest, UserId), StoreError> {
    let fields = Fields::of(item);
    Ok((fields.get("fingerprint")?, fields.get("user")?))
}

/// The owner's payee for the account, and its mask. Owner items from before masks were stored have none.
pub(crate) fn payee_of_owner(item: &Item) -> Result<(PayeeId, Option<AccountMask>), StoreError> {
    let fields = Fields::of(item);
    Ok((fields.get("payee")?, fields.optional("mask")?))
}

pub(crate) fn owner_of(item: &Item) -> Result<Owner, StoreError> {
    let fields = Fields::of(item);
    Ok(Owner {
        user: fields.get("user")?,
        freed_at: fields.optional("freed_at")?,
        kept_for: fields.optional("kept_for")?,
        former: fields.optional("former")?,
    })
}

fn records(item: &Item, _: Layout) -> Result<ScannedRecords, StoreError> {
    let payee = decode(item)?;
    Ok(ScannedRecords::at(key(payee.user, &payee.id), Record::Payee(Box::new(payee))))
}

fn records_of_owner(item: &Item, _: Layout) -> Result<ScannedRecords, StoreError> {
    let (fingerprint, user) = decode_owner(item)?;
    Ok(ScannedRecords::at(owner_key(fingerprint), Record::PayeeOwner(fingerprint, user)))
}
