//! The fence of a wallet: a bet is placed only under the fence by which it was decided.

use crate::table::item::text;
use crate::table::write::Change;
use crate::wallet::entities::wallet;
use evens_ledger::UserId;

pub(crate) const FENCE: &str = "fence";

/// A new random fence.
pub(crate) fn next() -> String {
    format!("{:032x}", fastrand::u128(..))
}

/// Replaces the fence that was read by a new one. Because the old fence is a condition, a late repeat cannot overwrite
/// a newer fence.
pub(crate) fn advance(user: UserId, read: Option<&str>) -> Change<'static> {
    let next = (":fence", text(next()));
    let (condition, values) = match read {
        None => ("attribute_exists(pk) AND attribute_not_exists(fence)", vec![next]),
        Some(read) => ("fence = :read", vec![next, (":read", text(read))]),
    };
    Change { key: wallet::key(user), update: "SET fence = :fence", condition, values }
}
