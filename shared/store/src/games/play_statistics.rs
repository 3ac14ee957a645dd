//! Statistics of a player's bets on games, computed from the entries of their ledger, in one pass over all games.
//! Finished days are stored, so that they are computed once.
//!
//! Architecture invariant: placing and paying a bet writes nothing for this, and no decision depends on it.

use crate::games::entities::{period, play_day};
use crate::table::item::text;
use crate::{Store, StoreError};
use evens_games::{FinishedDay, Lane, PeriodId, PeriodState, PlayDays, PlayedBets, StatisticsPeriod};
use evens_ledger::UserId;
use evens_table::Query;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use std::collections::BTreeSet;

/// Number of entries read at once.
const ENTRIES: u16 = 200;

impl Store {
    /// The statistics of a player's bets on games, for the days that can be requested. Days begin as the offset says.
    ///
    /// A bet without a payout has lost once its lane of the period has paid everything that it owes. A lane that cannot
    /// end does not delay players of other lanes. The lanes are read after the entries, and then the entries that
    /// arrived meanwhile. So a winner is never counted as having lost.
    ///
    /// # Role
    /// - `BatchGetItem` on `PERIOD#`
    /// - `GetItem` on `USER#`
    /// - `Query` on `LEDGER#`, `STATS#`
    /// - `UpdateItem` on `STATS#`
    pub async fn load_play_statistics(
        &self,
        user: UserId,
        offset: Offset,
        now: Timestamp,
    ) -> Result<PlayDays, StoreError> {
        let today = offset.to_datetime(now).date();
        let earliest = StatisticsPeriod::earliest_day(today);
        let kept = self.list_play_days(user, earliest, today).await?;
        let mut played = match kept.last() {
            Some(newest) => PlayedBets::behind(newest, offset),
            None => PlayedBets::since(earliest, offset),
        };
        self.read_entries(user, &mut played).await?;
        let paid = self.list_paid_periods(user, played.periods_to_ask()).await?;
        if !paid.is_empty() {
            self.read_entries(user, &mut played).await?;
        }
        let mut days = played.days(&paid);
        for finished in played.finished_days(&days, today) {
            self.change_one(play_day::keep(user, &finished)).await?;
        }
        days.extend(kept.iter().map(|kept| (kept.day, kept.statistics)));
        Ok(PlayDays { today, days })
    }

    /// The stored days of a player from `first` until the day before `before`, in ascending order.
    async fn list_play_days(
        &self,
        user: UserId,
        first: Date,
        before: Date,
    ) -> Result<Vec<FinishedDay>, StoreError> {
        let (first, before) = (play_day::key(user, first), play_day::key(user, before));
        let query = Query::new("pk = :pk AND sk BETWEEN :first AND :before")
            .value(":pk", text(first.partition))
            .value(":first", text(first.sort))
            .value(":before", text(before.sort));
        self.query_up_to(&query, None, usize::MAX).await?.iter().map(play_day::decode).collect()
    }

    /// Reads the entries after those already read; at the beginning, those since the first day.
    async fn read_entries(&self, user: UserId, played: &mut PlayedBets) -> Result<(), StoreError> {
        let (read, first) = (played.last_entry(), played.first_moment());
        // The wallet is read first, so that entries it no longer carries are found in their page.
        let wallet = self.load_wallet(user).await?;
        // Entries are numbered up to the wallet's version.
        let (mut newest_first, mut unread) = (Vec::new(), wallet.version.saturating_sub(read));
        while unread > 0 {
            let limit = u16::try_from(unread).unwrap_or(ENTRIES).min(ENTRIES);
            let entries = self.list_entries_of(&wallet, Some(read + unread + 1), limit).await?;
            let Some(oldest) = entries.last() else { break };
            unread = if oldest.at < first { 0 } else { oldest.number.saturating_sub(read + 1) };
            newest_first.extend(entries);
        }
        for entry in newest_first.iter().rev() {
            played.read(entry).map_err(|_| StoreError::corrupt(&entry.key, "key"))?;
        }
        Ok(())
    }

    /// The periods, among those asked for, that no longer owe the player anything.
    async fn list_paid_periods(
        &self,
        user: UserId,
        asked: BTreeSet<PeriodId>,
    ) -> Result<BTreeSet<PeriodId>, StoreError> {
        let (asked, mut paid) = (Vec::from_iter(asked), BTreeSet::new());
        for some in asked.chunks(Self::BATCH_MAX) {
            let keys: Vec<_> = some.iter().map(|id| period::key(*id)).collect();
            for item in self.get_batch_again(&keys).await?.iter().flatten() {
                let period = period::decode(item)?;
                let lane = Lane::of_shard(period.shards.shard_of(user));
                let is_paid = match period.state {
                    PeriodState::Settled(..) | PeriodState::Refunded(_) => true,
                    PeriodState::Resulted(_, _, lanes) | PeriodState::Cancelled(_, lanes) => lanes.has(lane),
                    PeriodState::Open | PeriodState::Closing | PeriodState::Closed(_) => false,
                };
                if is_paid {
                    paid.insert(period.id);
                }
            }
        }
        Ok(paid)
    }
}
