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
    /// Counts one more entry: a stake of cash, or one that came back; and whether its period, where it is about one, is
    /// drawn. Of a period only stakes of before its draw go back, and those were never counted, so what came back of it
    /// is not taken off.
    pub fn count(&mut self, entry: &Entry, is_drawn: bool) {
        let (counts, can_come_back) = match &entry.account {
            SystemAccount::Stakes(_) => (true, true),
            SystemAccount::Period(_) => (is_drawn, false),
            _ => (false, false),
        };
        if entry.balance_kind != BalanceKind::Cash {
            return;
        }
        match entry.kind {
            EntryKind::Debit if counts => self.staked = self.staked.saturating_add(entry.amount),
            EntryKind::Refund if can_come_back => {
                self.given_back = self.given_back.saturating_add(entry.amount);
            }
            EntryKind::Debit | EntryKind::Refund | EntryKind::Credit | EntryKind::Payout => {}
        }
    }

    /// What was staked and did not come back.
    pub fn sum(self) -> Amount {
        self.staked.saturating_sub(self.given_back)
    }
}
