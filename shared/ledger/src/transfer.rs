//! [`Transfer`]: a movement between two system accounts, such as a fee or a completed payout.

use crate::{Amount, EntryKey, SystemAccount};
use jiff::Timestamp;

/// A movement between two system accounts. It is written once under its key, together with the change of state that
/// causes it, and never changed. Neither side is a wallet: a player's money moves only by an [`Entry`](crate::Entry).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    /// The idempotency key of the movement, unique over entries and transfers (M3).
    pub key: EntryKey,
    pub from: SystemAccount,
    pub to: SystemAccount,
    pub amount: Amount,
    /// The order, dispute or day that this movement is about.
    pub reference: String,
    pub at: Timestamp,
}

impl Transfer {
    /// Returns `true` if money moves from one account to another. A transfer that is not a movement is not written.
    pub fn is_movement(&self) -> bool {
        self.from != self.to && !self.amount.is_zero()
    }
}
