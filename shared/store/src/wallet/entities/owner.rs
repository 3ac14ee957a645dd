//! The copy that a wallet has of its account, as attributes that the wallet carries only if needed.
//!
//! `blocked`, `user_role`, `session_epoch` and `recovered_at` have the names and values that they have in the account.
//! They are written in one transaction with it, and no movement of money changes them. Bets and withdrawals have
//! conditions on the first three. The last one holds withdrawals.

use crate::StoreError;
use crate::players::entities::account::{BLOCKED, RECOVERED, ROLE, SESSION_EPOCH, counted};
use crate::table::item::{AttributeValue, Fields, Item, number};
use evens_ledger::WalletOwner;

/// The attributes of a wallet that this module reads.
pub(crate) const ATTRIBUTES: &[&str] = &[BLOCKED, ROLE, SESSION_EPOCH, RECOVERED];

/// The condition that a wallet's owner is not blocked.
pub(crate) const IS_NOT_BLOCKED: &str = " AND attribute_not_exists(blocked)";

/// The condition that the sessions of the epoch `:session_epoch` go on. A wallet of an earlier version has no epoch.
pub(crate) const HAS_SESSION: &str =
    " AND (attribute_not_exists(session_epoch) OR session_epoch <= :session_epoch)";

/// The value of [`HAS_SESSION`], and of [`SET_EPOCH`].
pub(crate) fn epoch_value(session_epoch: u64) -> (&'static str, AttributeValue) {
    (":session_epoch", number(session_epoch))
}

/// The assignment of an epoch, in an account or in its wallet.
pub(crate) const EPOCH: &str = "session_epoch = :session_epoch";

/// The update that copies the epoch of an account into its wallet.
pub(crate) const SET_EPOCH: &str = "SET session_epoch = :session_epoch";

/// The assignment of the time of a recovery, in an account or in its wallet, with the value `:at`.
pub(crate) const RECOVERED_AT: &str = "recovered_at = :at";

/// Decodes the owner of a wallet. Nothing restricts the owner of a wallet that does not exist.
pub(crate) fn of(item: Option<&Item>) -> Result<WalletOwner, StoreError> {
    let Some(fields) = item.map(Fields::of) else { return Ok(WalletOwner::default()) };
    Ok(WalletOwner {
        is_blocked: fields.flag(BLOCKED)?,
        is_staff: fields.optional::<String>(ROLE)?.is_some(),
        session_epoch: counted(fields, SESSION_EPOCH)?,
        recovered_at: fields.optional(RECOVERED)?,
    })
}
