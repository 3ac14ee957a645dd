//! [`Turnover`]: the sum of a player's cash stakes, added up backwards from the newest entry of their ledger.

use evens_ledger::{Amount, BalanceKind, Entry, EntryKind, SystemAccount};

/// The stakes among some of the newest entries of a ledger. A refund is newer than its stake, so it is always included
/// if its stake is. The sum over fewer entries never exceeds the sum over all. A stake against the house counts once
/// its period is drawn, because it cannot be refunded after that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Turnover {
    staked: Amount,
    given_back: Amount,
}

impl Turnover {
    /// Adds an entry: a cash stake or a refund. `is_drawn` is true if the entry's period is drawn. Refunds of a period
    /// are ignored: only stakes of undrawn periods are refunded, and those were never counted.
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

    /// Stakes minus refunds.
    pub fn sum(self) -> Amount {
        self.staked.saturating_sub(self.given_back)
    }
}
