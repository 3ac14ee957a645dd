//! The fence of a wallet: a bet asks for the one that it was decided by.

use crate::table::item::text;
use crate::table::write::Change;
use crate::wallet::entities::wallet;
use evens_ledger::UserId;

/// Its attribute.
pub(crate) const FENCE: &str = "fence";

/// One that was nowhere before.
pub(crate) fn next() -> String {
    format!("{:032x}", fastrand::u128(..))
}

/// Puts another fence in the place of the one that was read: one that was nowhere before. As it asks for the one that
/// was read, a repeat that comes late does not put it back where yet another stands.
pub(crate) fn moved(user: UserId, read: Option<&str>) -> Change<'static> {
    let next = (":fence", text(next()));
    let (condition, values) = match read {
        None => ("attribute_exists(pk) AND attribute_not_exists(fence)", vec![next]),
        Some(read) => ("fence = :read", vec![next, (":read", text(read))]),
    };
    Change { key: wallet::key(user), update: "SET fence = :fence", condition, values }
}
