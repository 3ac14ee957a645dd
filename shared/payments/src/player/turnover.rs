//! [`Turnover`]: the sum of a player's cash stakes, added up backwards from the newest entry of their ledger.

use crate::Opponents;
use evens_ledger::{Amount, BalanceKind, Entry, EntryKind, SystemAccount, UserId};

/// The stakes among some of the newest entries of a ledger. A refund is newer than its stake, so it is always included
/// if its stake is. A stake against the house counts once its period is drawn, because it cannot be refunded after
/// that. Stakes against other players count, except against opponents whom the player meets again and again.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Turnover {
    staked_on_games: Amount,
    staked_on_rounds: Amount,
    given_back: Amount,
    opponents: Opponents,
}

impl Turnover {
    /// Adds an entry: a cash stake or a refund. `is_drawn` is true if the entry's period is drawn. Refunds of a period
    /// are ignored: only stakes of undrawn periods are refunded, and those were never counted.
    pub fn count(&mut self, entry: &Entry, is_drawn: bool) {
        if entry.balance_kind != BalanceKind::Cash {
            return;
        }
        let sum = match (&entry.account, entry.kind) {
            (SystemAccount::Stakes(_), EntryKind::Debit) => &mut self.staked_on_rounds,
            (SystemAccount::Stakes(_), EntryKind::Refund) => &mut self.given_back,
            (SystemAccount::Period(_), EntryKind::Debit) if is_drawn => &mut self.staked_on_games,
            _ => return,
        };
        *sum = sum.saturating_add(entry.amount);
    }

    /// Adds a match that the player won. The entry of the payout names it.
    pub fn count_win(&mut self, opponent: UserId, staked: Amount) {
        self.opponents.count(opponent, staked);
    }

    /// Stakes minus refunds, without the stakes against opponents whom the player meets again and again.
    pub fn sum(&self) -> Amount {
        let on_rounds = self.staked_on_rounds.saturating_sub(self.given_back);
        on_rounds.saturating_sub(self.opponents.uncounted()).saturating_add(self.staked_on_games)
    }
}
