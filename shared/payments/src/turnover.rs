//! [`Turnover`]: how much of their cash a player has staked, added up from the newest entry of their ledger backwards.

use evens_ledger::{Amount, BalanceKind, Entry, EntryKind, SystemAccount};

/// The stakes among some of the newest entries of a ledger. What came back is newer than its stake, so it is among them
/// where its stake is: the sum over fewer entries is never more than the sum over all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Turnover {
    staked: Amount,
    given_back: Amount,
}

impl Turnover {
    /// Counts one more entry: a stake of cash, or one that came back.
    pub fn count(&mut self, entry: &Entry) {
        let is_play = matches!(entry.account, SystemAccount::Stakes(_) | SystemAccount::Period(_));
        if !is_play || entry.balance_kind != BalanceKind::Cash {
            return;
        }
        match entry.kind {
            EntryKind::Debit => self.staked = self.staked.saturating_add(entry.amount),
            EntryKind::Refund => self.given_back = self.given_back.saturating_add(entry.amount),
            EntryKind::Credit | EntryKind::Payout => {}
        }
    }

    /// What was staked and did not come back.
    pub fn sum(self) -> Amount {
        self.staked.saturating_sub(self.given_back)
    }
}
