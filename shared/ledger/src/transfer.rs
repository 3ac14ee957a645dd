//! [`Transfer`]: a movement between two accounts of the system, such as a fee or a payout that was completed.

use crate::{Amount, EntryKey, SystemAccount};
use jiff::Timestamp;

/// A movement between two accounts of the system. It is put once under its key, together with the change of state that
/// it follows, and never changed. No wallet is on either side: a player's money moves by an [`Entry`](crate::Entry)
/// only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    /// The idempotency key of the movement, unique over entries and transfers (M3).
    pub key: EntryKey,
    /// Which account gives.
    pub from: SystemAccount,
    /// Which account gets.
    pub to: SystemAccount,
    /// How much.
    pub amount: Amount,
    /// The order, dispute or day that it is about.
    pub reference: String,
    /// When it was made.
    pub at: Timestamp,
}

impl Transfer {
    /// Whether something moves from one account to another. What does not is nobody's to write.
    pub fn is_movement(&self) -> bool {
        self.from != self.to && !self.amount.is_zero()
    }
}
