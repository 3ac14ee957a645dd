//! Where a player is paid: `PAYEE#{user}` / `PAYEE#{id}`. And whose an account is: `PAYEE-OF#{fingerprint}` /
//! `PAYEE-OF`, whose presence keeps one account with one player, until they remove the payee, or cashiers do
//! (`freed_at`), and another one adds it: anybody, or whom cashiers keep it for (`kept_for`).

use crate::StoreError;
use crate::table::item::{Fields, Item, ItemBuilder, Key};
use evens_ledger::{Digest, UserId};
use evens_payments::{AccountMask, Payee, PayeeId};
use jiff::Timestamp;

pub(crate) const KIND: &str = "payee";
pub(crate) const OWNER_KIND: &str = "payee-owner";

/// What the sort keys of payees begin with.
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
    ItemBuilder::new(KIND, &key(payee.user, &payee.id))
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

/// Whose the account is, since when it is free, where it is, and for whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Owner {
    pub(crate) user: UserId,
    pub(crate) freed_at: Option<Timestamp>,
    pub(crate) kept_for: Option<UserId>,
}

impl Owner {
    /// Whether that player may not add the account: another one is paid to it, or it is kept for another one.
    pub(crate) fn is_closed_to(&self, user: UserId) -> bool {
        if self.freed_at.is_none() {
            self.user != user
        } else {
            self.kept_for.is_some_and(|kept| kept != user)
        }
    }
}

/// The player's ownership of the payee's account: free where they have removed it.
pub(crate) fn encode_owner(payee: &Payee) -> Item {
    ItemBuilder::new(OWNER_KIND, &owner_key(payee.fingerprint))
        .number("user", payee.user)
        .text("payee", &payee.id)
        .text("mask", &payee.mask)
        .text("fingerprint", payee.fingerprint)
        .optional_text("freed_at", payee.removed_at)
        .build()
}

/// Of which account, and whose it is.
pub(crate) fn decode_owner(item: &Item) -> Result<(Digest, UserId), StoreError> {
    let fields = Fields::of(item);
    Ok((fields.get("fingerprint")?, fields.get("user")?))
}

/// As which payee its owner has the account, and its mask, which owners of before have not.
pub(crate) fn payee_of_owner(item: &Item) -> Result<(PayeeId, Option<AccountMask>), StoreError> {
    let fields = Fields::of(item);
    Ok((fields.get("payee")?, fields.optional("mask")?))
}

/// Whose the account of the item is, since when it is free, and for whom.
pub(crate) fn owner_of(item: &Item) -> Result<Owner, StoreError> {
    let fields = Fields::of(item);
    Ok(Owner {
        user: fields.get("user")?,
        freed_at: fields.optional("freed_at")?,
        kept_for: fields.optional("kept_for")?,
    })
}
