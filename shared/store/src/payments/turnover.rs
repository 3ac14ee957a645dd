//! The turnover of a player, where a withdrawal requires one.

use crate::{Store, StoreError};
use evens_games::PeriodId;
use evens_ledger::{Amount, Entry, SystemAccount, Wallet};
use evens_payments::{PaymentsRecord, Turnover};
use std::collections::BTreeSet;

impl Store {
    /// The cash that a player has staked since the entry that their payments record names, without the stakes of
    /// unfinished bets, which can still come back. Returns zero without reading if no turnover is required. Stops
    /// reading at the required amount, so the true turnover may be higher.
    pub(crate) async fn turnover(
        &self,
        record: &PaymentsRecord,
        wallet: &Wallet,
    ) -> Result<Amount, StoreError> {
        const ENTRIES: u16 = 400;
        if record.turnover_needed.is_zero() {
            return Ok(Amount::ZERO);
        }
        let enough = record.turnover_needed.saturating_add(wallet.locked);
        let (mut turnover, mut before) = (Turnover::default(), None);
        while turnover.sum() < enough {
            let entries = self.list_entries_of(wallet, before, ENTRIES).await?;
            let counted = entries.partition_point(|entry| entry.number > record.turnover_since);
            let counted = &entries[..counted];
            let periods = counted.iter().map(period_of).collect::<Result<Vec<_>, _>>()?;
            let drawn = self.drawn_among(periods.iter().copied().flatten().collect()).await?;
            for (entry, period) in counted.iter().zip(periods) {
                turnover.count(entry, period.is_some_and(|period| drawn.contains(&period)));
            }
            let is_full = entries.len() == usize::from(ENTRIES);
            match entries.last().filter(|last| is_full && last.number > record.turnover_since) {
                Some(last) => before = Some(last.number),
                None => break,
            }
        }
        Ok(turnover.sum().saturating_sub(wallet.locked))
    }

    /// The periods of house games that are drawn, among `periods`.
    async fn drawn_among(&self, periods: BTreeSet<PeriodId>) -> Result<BTreeSet<PeriodId>, StoreError> {
        let periods: Vec<_> = periods.into_iter().collect();
        let mut drawn = BTreeSet::new();
        for some in periods.chunks(Self::BATCH_MAX) {
            for (id, period) in some.iter().zip(self.load_periods(some).await?) {
                let period = period.ok_or_else(|| StoreError::corrupt(id, "the period is missing"))?;
                if period.result().is_some() {
                    drawn.insert(*id);
                }
            }
        }
        Ok(drawn)
    }
}

/// The period of a house game that an entry is about, if any.
fn period_of(entry: &Entry) -> Result<Option<PeriodId>, StoreError> {
    let SystemAccount::Period(period) = &entry.account else { return Ok(None) };
    let id: PeriodId =
        period.parse().map_err(|_| StoreError::corrupt(period, "is not a period of a game"))?;
    Ok(Some(id))
}
