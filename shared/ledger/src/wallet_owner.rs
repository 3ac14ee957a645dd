//! [`WalletOwner`]: the copy that a wallet has of its account.

use jiff::Timestamp;

/// The part of an account that decides what its player may do with money. The wallet has a copy, written in one
/// transaction with the account. Without an account nothing is restricted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WalletOwner {
    pub is_blocked: bool,
    /// True if the account has a role besides player.
    pub is_staff: bool,
    /// How often all sessions of the account were ended. 0 in wallets of earlier versions, which have no copy.
    pub session_epoch: u64,
    /// When the player last got a new password by a code. `None` if never.
    pub recovered_at: Option<Timestamp>,
}

impl WalletOwner {
    /// Returns `true` if a session of this epoch was ended. A block ends all sessions too, but a blocked player gets
    /// that refusal instead.
    pub fn refuses_session(self, session_epoch: u64) -> bool {
        !self.is_blocked && session_epoch < self.session_epoch
    }
}
