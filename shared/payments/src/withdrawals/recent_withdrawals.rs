//! [`RecentWithdrawals`]: the withdrawals that a player requested within 24 hours. Their sum decides whether two
//! cashiers must approve, so that several withdrawals below the limit are not approved by one.

use evens_ledger::Amount;
use jiff::{SignedDuration, Timestamp};

/// The time for which a withdrawal counts.
const COUNTS_FOR: SignedDuration = SignedDuration::from_hours(24);

/// The withdrawals that still count, oldest first, whatever became of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RecentWithdrawals(Vec<RecentWithdrawal>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecentWithdrawal {
    pub at: Timestamp,
    pub amount: Amount,
}

impl RecentWithdrawals {
    /// The number of withdrawals that are kept apart. The oldest two of more are counted together, for as long as the
    /// newer one of them.
    pub const LENGTH_MAX: usize = 20;

    pub fn from_stored(withdrawals: Vec<RecentWithdrawal>) -> Self {
        Self(withdrawals)
    }

    pub fn as_slice(&self) -> &[RecentWithdrawal] {
        &self.0
    }

    /// Adds a withdrawal, and drops those that no longer count.
    pub(crate) fn plus(&self, amount: Amount, now: Timestamp) -> Self {
        let counts = |recent: &&RecentWithdrawal| now.duration_since(recent.at) < COUNTS_FOR;
        let mut kept: Vec<_> = self.0.iter().filter(counts).copied().collect();
        kept.push(RecentWithdrawal { at: now, amount });
        if kept.len() > Self::LENGTH_MAX {
            let oldest = kept.remove(0);
            kept[0].amount = kept[0].amount.saturating_add(oldest.amount);
        }
        Self(kept)
    }

    pub(crate) fn sum(&self) -> Amount {
        self.0.iter().fold(Amount::ZERO, |sum, recent| sum.saturating_add(recent.amount))
    }
}
