//! [`Pair`]: two items that say the same of a user.

use evens_ledger::UserId;

/// Two items that one transaction writes, and that must say the same of a user. A scan of a running system reads them
/// at two moments, so only a read of both in one transaction shows for certain that they differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pair {
    /// The rules of play in the wallet and in the payments record.
    PlayRules(UserId),
    /// The role and the block of the account, and their copy in the wallet.
    Access(UserId),
}
