//! How much a player has staked, where a withdrawal asks for it.

use crate::{Store, StoreError};
use evens_games::PeriodId;
use evens_ledger::{Amount, Entry, SystemAccount, Wallet};
use evens_payments::{Cashier, Turnover};
use std::collections::BTreeSet;

impl Store {
    /// How much of their cash a player has staked since the entry that their cashier record names, without the stakes
    /// of bets that have not ended: those can still come back. Nothing is read where nothing is needed, and no more
    /// than is enough; so it may be more than what is answered.
    pub(crate) async fn turnover(&self, cashier: &Cashier, wallet: &Wallet) -> Result<Amount, StoreError> {
        const ENTRIES: u16 = 400;
        if cashier.turnover_needed.is_zero() {
            return Ok(Amount::ZERO);
        }
        let enough = cashier.turnover_needed.saturating_add(wallet.locked);
        let (mut turnover, mut before) = (Turnover::default(), None);
        while turnover.sum() < enough {
            let entries = self.list_entries_of(wallet, before, ENTRIES).await?;
            let counted = entries.partition_point(|entry| entry.number > cashier.turnover_since);
            let drawn = self.drawn_among(&entries[..counted]).await?;
            for entry in &entries[..counted] {
                turnover.count(entry, |period| drawn.contains(period));
            }
            let is_full = entries.len() == usize::from(ENTRIES);
            match entries.last().filter(|last| is_full && last.number > cashier.turnover_since) {
                Some(last) => before = Some(last.number),
                None => break,
            }
        }
        Ok(turnover.sum().saturating_sub(wallet.locked))
    }

    /// The periods of house games among those that entries are about which are drawn.
    async fn drawn_among(&self, entries: &[Entry]) -> Result<BTreeSet<String>, StoreError> {
        let mut periods = BTreeSet::new();
        for entry in entries {
            if let SystemAccount::Period(period) = &entry.account {
                let id: PeriodId =
                    period.parse().map_err(|_| StoreError::corrupt(period, "is no period of a game"))?;
                periods.insert(id);
            }
        }
        let periods: Vec<_> = periods.into_iter().collect();
        let mut drawn = BTreeSet::new();
        for some in periods.chunks(Self::BATCH_MAX) {
            for (id, period) in some.iter().zip(self.load_periods(some).await?) {
                let period = period.ok_or_else(|| StoreError::corrupt(id, "the period is gone"))?;
                if period.result().is_some() {
                    drawn.insert(id.to_string());
                }
            }
        }
        Ok(drawn)
    }
}
