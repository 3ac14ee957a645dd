//! The turnover of a player, where a withdrawal requires one, and the opponents whom a player meets again and again.

use crate::{Store, StoreError};
use evens_exchange::{Match, Side};
use evens_games::PeriodId;
use evens_ledger::{Amount, Entry, EntryPurpose, SystemAccount, UserId, Wallet};
use evens_payments::{Opponents, PaymentsRecord, Turnover};
use std::collections::BTreeSet;

impl Store {
    /// The number of newest ledger entries among which opponents are counted, and the entries of a page of turnover.
    pub const OPPONENTS_AMONG: u16 = 400;

    /// The opponents whom a player met again and again, among the newest entries of their ledger.
    ///
    /// # Role
    /// - `BatchGetItem` on `MATCHES#`
    /// - `GetItem` on `USER#`
    /// - `Query` on `LEDGER#`
    pub async fn list_opponents(&self, user: UserId) -> Result<Opponents, StoreError> {
        let entries = self.list_entries(user, None, Self::OPPONENTS_AMONG).await?;
        let mut opponents = Opponents::default();
        for (opponent, staked) in self.wins_of(&entries).await? {
            opponents.count(opponent, staked);
        }
        Ok(opponents)
    }

    /// The opponent and the stake of each match that entries of a ledger pay.
    async fn wins_of(&self, entries: &[Entry]) -> Result<Vec<(UserId, Amount)>, StoreError> {
        let matches = self.matches_of_entries(entries).await?;
        let win = |(entry, found): &(&Entry, Match)| {
            entry.key.of_purpose(EntryPurpose::Settle)?;
            let side = Side::ALL.into_iter().find(|side| found.user(*side) == entry.user)?;
            Some((found.user(side.opposite()), found.amount))
        };
        Ok(matches.iter().filter_map(win).collect())
    }

    /// The cash that a player has staked since the entry that their payments record names, without the stakes of
    /// unfinished bets, which can still come back. Returns zero without reading if no turnover is required. Stops
    /// reading at the required amount, so older entries do not matter. Each page of entries reads the matches that the
    /// player won.
    pub(crate) async fn turnover(
        &self,
        record: &PaymentsRecord,
        wallet: &Wallet,
    ) -> Result<Amount, StoreError> {
        if record.turnover_needed.is_zero() {
            return Ok(Amount::ZERO);
        }
        let enough = record.turnover_needed.saturating_add(wallet.locked);
        let (mut turnover, mut before) = (Turnover::default(), None);
        while turnover.sum() < enough {
            let entries = self.list_entries_of(wallet, before, Self::OPPONENTS_AMONG).await?;
            let counted = entries.partition_point(|entry| entry.number > record.turnover_since);
            let counted = &entries[..counted];
            let periods = counted.iter().map(period_of).collect::<Result<Vec<_>, _>>()?;
            let drawn = self.drawn_among(periods.iter().copied().flatten().collect()).await?;
            for (entry, period) in counted.iter().zip(periods) {
                turnover.count(entry, period.is_some_and(|period| drawn.contains(&period)));
            }
            for (opponent, staked) in self.wins_of(counted).await? {
                turnover.count_win(opponent, staked);
            }
            let is_full = entries.len() == usize::from(Self::OPPONENTS_AMONG);
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
            for (id, period) in some.iter().zip(self.load_unarchived_periods(some).await?) {
                let period = period?.ok_or_else(|| StoreError::corrupt(id, "the period is missing"))?;
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
