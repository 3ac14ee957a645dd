//! The fence of a wallet: a bet asks for the one that it was decided by.

/// Its attribute.
pub(crate) const FENCE: &str = "fence";

/// One that was nowhere before.
pub(crate) fn next() -> String {
    format!("{:032x}", fastrand::u128(..))
}
