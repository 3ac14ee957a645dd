//! [`Turnover`]: how much of their cash a player has staked, added up from the newest entry of their ledger backwards.

use evens_ledger::{Amount, BalanceKind, Entry, EntryKind, SystemAccount};

/// The stakes among some of the newest entries of a ledger. What came back is newer than its stake, so it is among them
/// where its stake is: the sum over fewer entries is never more than the sum over all. Against the house those stakes
/// count whose period is drawn: from then on they do not come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Turnover {
    staked: Amount,
    given_back: Amount,
}

impl Turnover {
    /// Counts one more entry: a stake of cash, or one that came back.
    pub fn count(&mut self, entry: &Entry, is_drawn: impl FnOnce(&str) -> bool) {
        if entry.balance_kind != BalanceKind::Cash {
            return;
        }
        match (&entry.account, entry.kind) {
            (SystemAccount::Stakes(_), EntryKind::Debit) => {
                self.staked = self.staked.saturating_add(entry.amount)
            }
            (SystemAccount::Period(period), EntryKind::Debit) if is_drawn(period) => {
                self.staked = self.staked.saturating_add(entry.amount);
            }
            (SystemAccount::Stakes(_), EntryKind::Refund) => {
                self.given_back = self.given_back.saturating_add(entry.amount);
            }
            _ => {}
        }
    }

    /// What was staked and did not come back.
    pub fn sum(self) -> Amount {
        self.staked.saturating_sub(self.given_back)
    }
}
