//! Where a player is paid: `PAYEE#{user}` / `PAYEE#{id}`. And whose an account is: `PAYEE-OF#{fingerprint}` /
//! `PAYEE-OF`, whose presence keeps one account with one player, until they remove the payee (`freed_at`) and another
//! one adds it.

use crate::StoreError;
use crate::table::item::{Fields, Item, ItemBuilder, Key};
use evens_ledger::{Digest, UserId};
use evens_payments::{Payee, PayeeId};
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

/// Whose the account is, and since when it is free, where they have removed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Owner {
    pub(crate) user: UserId,
    pub(crate) freed_at: Option<Timestamp>,
}

/// The player's ownership of the payee's account: free where they have removed it.
pub(crate) fn encode_owner(payee: &Payee) -> Item {
    ItemBuilder::new(OWNER_KIND, &owner_key(payee.fingerprint))
        .number("user", payee.user)
        .text("payee", &payee.id)
        .text("fingerprint", payee.fingerprint)
        .optional_text("freed_at", payee.removed_at)
        .build()
}

/// Of which account, and whose it is.
pub(crate) fn decode_owner(item: &Item) -> Result<(Digest, UserId), StoreError> {
    let fields = Fields::of(item);
    Ok((fields.get("fingerprint")?, fields.get("user")?))
}

/// Whose the account of the item is, and since when it is free.
pub(crate) fn owner_of(item: &Item) -> Result<Owner, StoreError> {
    let fields = Fields::of(item);
    Ok(Owner { user: fields.get("user")?, freed_at: fields.optional("freed_at")? })
}
