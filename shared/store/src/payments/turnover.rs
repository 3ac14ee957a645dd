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
            let since = entries.partition_point(|entry| entry.number > cashier.turnover_since);
            let drawn = self.drawn_among(&entries[..since]).await?;
            for entry in &entries[..since] {
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
        let periods = entries.iter().filter_map(|entry| match &entry.account {
            SystemAccount::Period(period) => period.parse::<PeriodId>().ok(),
            _ => None,
        });
        let periods: Vec<_> = periods.collect::<BTreeSet<_>>().into_iter().collect();
        let mut drawn = BTreeSet::new();
        for some in periods.chunks(Self::BATCH_MAX) {
            let found = self.load_periods(some).await?.into_iter().flatten();
            drawn
                .extend(found.filter(|period| period.result().is_some()).map(|period| period.id.to_string()));
        }
        Ok(drawn)
    }
}
