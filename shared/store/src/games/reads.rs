//! Reads of periods, their bets and their results.

use crate::games::entities::result::{self, DrawnPeriod};
use crate::games::entities::{archived, game_bet, period, shard};
use crate::table::item::{Fields, text};
use crate::table::queries::{Page, PageStart};
use crate::{Since, Store, StoreError};
use evens_draws::Seed;
use evens_games::{GameBet, Lane, Period, PeriodId, PeriodState, Room};
use evens_idempotency::BetId;
use evens_records::PeriodShard;
use evens_table::Query;
use futures::future::try_join_all;
use jiff::Timestamp;

impl Store {
    /// A period, if it exists. An archived one costs a second read.
    ///
    /// # Role
    /// - `GetItem` on `PERIOD#`, `RESULTS#`
    pub async fn load_period(&self, id: PeriodId) -> Result<Option<Period>, StoreError> {
        match self.load_unarchived_period(id).await? {
            Some(period) => Ok(Some(period)),
            None => self.load_archived_period(id).await,
        }
    }

    /// A period, if it exists and is not archived: it is undrawn, has bets, or was cancelled. For callers that look for
    /// such a period.
    ///
    /// # Role
    /// - `GetItem` on `PERIOD#`
    pub async fn load_unarchived_period(&self, id: PeriodId) -> Result<Option<Period>, StoreError> {
        self.get(&period::key(id)).await?.as_ref().map(period::decode).transpose()
    }

    /// Loads periods that are not archived in one call, in the order of `ids`, at most a hundred. `None` for a period
    /// that does not exist or is archived, and an error for each that cannot be read.
    ///
    /// # Role
    /// - `BatchGetItem` on `PERIOD#`
    pub async fn load_unarchived_periods(
        &self,
        ids: &[PeriodId],
    ) -> Result<Vec<Result<Option<Period>, StoreError>>, StoreError> {
        let keys: Vec<_> = ids.iter().map(|id| period::key(*id)).collect();
        let found = self.get_batch_again(&keys).await?;
        Ok(found.iter().map(|item| item.as_ref().map(period::decode).transpose()).collect())
    }

    /// A period as it was a moment ago, if it existed. Cheaper, for requests that only show it and for bets, because
    /// the shard decides whether a bet is accepted. An archived one costs a second read.
    ///
    /// # Role
    /// - `GetItem` on `PERIOD#`, `RESULTS#`
    pub async fn load_period_eventually(&self, id: PeriodId) -> Result<Option<Period>, StoreError> {
        match self.load_unarchived_period_eventually(id).await? {
            Some(period) => Ok(Some(period)),
            None => self.load_archived_period(id).await,
        }
    }

    /// A period as it was a moment ago, if it existed and was not archived.
    ///
    /// # Role
    /// - `GetItem` on `PERIOD#`
    pub async fn load_unarchived_period_eventually(
        &self,
        id: PeriodId,
    ) -> Result<Option<Period>, StoreError> {
        self.look(&period::key(id)).await?.as_ref().map(period::decode).transpose()
    }

    /// An archived period, for a caller that has not found its item. While the transaction that archives a period is
    /// being applied, its item may be gone already and its result not yet be visible. So an absent result is read
    /// again in a transaction, which waits for that.
    ///
    /// # Role
    /// - `GetItem` on `RESULTS#`
    pub(crate) async fn load_archived_period(&self, id: PeriodId) -> Result<Option<Period>, StoreError> {
        let key = result::key(id);
        let found = match self.get(&key).await? {
            Some(found) => Some(found),
            None => self.get_settled(&key).await?,
        };
        match found {
            Some(found) if archived::is_one(&found)? => archived::decode(&found).map(Some),
            Some(_) | None => Ok(None),
        }
    }

    /// A bet against the house and its period, which decides it. `None` if it does not exist, or if a bet in a round
    /// has this id.
    ///
    /// # Role
    /// - `GetItem` on `BET#`, `PERIOD#`
    pub async fn load_game_bet(&self, id: BetId) -> Result<Option<(GameBet, Period)>, StoreError> {
        let Some(item) = self.get(&game_bet::key(id)).await? else { return Ok(None) };
        if !game_bet::is_one(&item)? {
            return Ok(None);
        }
        let bet = game_bet::decode(&item)?;
        let missing = || StoreError::corrupt(bet.period, "the period of a bet is missing");
        let period = self.load_unarchived_period(bet.period).await?.ok_or_else(missing)?;
        Ok(Some((bet, period)))
    }

    /// The secret of a period whose fence is closed. It is not read for other periods, because it determines the draw
    /// (M7).
    ///
    /// # Role
    /// - `GetItem` on `SEED#`
    pub async fn load_period_seed(&self, closed: &Period) -> Result<Option<Seed>, StoreError> {
        match closed.state {
            PeriodState::Open | PeriodState::Closing => Ok(None),
            PeriodState::Closed(_)
            | PeriodState::Resulted(..)
            | PeriodState::Settled(..)
            | PeriodState::Cancelled(..)
            | PeriodState::Refunded(_) => {
                self.get(&period::seed::key(closed.id)).await?.as_ref().map(period::seed::decode).transpose()
            }
        }
    }

    /// The shards of a lane of a period whose fence is closed, in ascending order, with all their bets. A shard without
    /// bets may be missing. Fails if one is open.
    ///
    /// # Role
    /// - `Query` on `PERIOD-BETS#`
    pub async fn load_lane(&self, period: &Period, lane: Lane) -> Result<Vec<PeriodShard>, StoreError> {
        let shards = self.list_shards(period.id, lane, true).await?;
        if shards.iter().all(|shard| shard.closed_at.is_some()) {
            Ok(shards)
        } else {
            Err(StoreError::corrupt(format_args!("{} {lane}", period.id), "a shard is not closed"))
        }
    }

    /// The bets of a period as they were a moment ago, shard by shard, for requests that only show them.
    ///
    /// # Role
    /// - `Query` on `PERIOD-BETS#`
    pub async fn load_period_bets_eventually(&self, period: &Period) -> Result<Vec<PeriodShard>, StoreError> {
        self.list_all_shards(period, false).await
    }

    /// The bets of a period, shard by shard, including all bets that were placed before this call.
    ///
    /// # Role
    /// - `Query` on `PERIOD-BETS#`
    pub(crate) async fn load_period_bets(&self, period: &Period) -> Result<Vec<PeriodShard>, StoreError> {
        self.list_all_shards(period, true).await
    }

    async fn list_all_shards(
        &self,
        period: &Period,
        is_consistent: bool,
    ) -> Result<Vec<PeriodShard>, StoreError> {
        let lanes = period.shards.lanes().map(|lane| self.list_shards(period.id, lane, is_consistent));
        Ok(try_join_all(lanes).await?.into_iter().flatten().collect())
    }

    async fn list_shards(
        &self,
        id: PeriodId,
        lane: Lane,
        is_consistent: bool,
    ) -> Result<Vec<PeriodShard>, StoreError> {
        let query =
            Query::new("pk = :pk").consistent(is_consistent).value(":pk", text(shard::partition(id, lane)));
        let items = self.query_up_to(&query, None, usize::MAX).await?;
        items.iter().map(shard::decode).collect()
    }

    /// At most `limit` results of a room before a period, newest first. One that cannot be read is left out, so that it
    /// does not hide the others.
    ///
    /// # Role
    /// - `Query` on `RESULTS#`
    pub async fn list_results(
        &self,
        room: Room,
        before: Option<PeriodId>,
        limit: u16,
    ) -> Result<Vec<DrawnPeriod>, StoreError> {
        self.readable_results(room, before.map(PeriodId::digits), limit, false).await
    }

    /// The newest result of a room that can be read, if it has one.
    ///
    /// # Role
    /// - `Query` on `RESULTS#`
    pub async fn load_newest_result(&self, room: Room) -> Result<Option<DrawnPeriod>, StoreError> {
        Ok(self.readable_results(room, None, 1, true).await?.pop())
    }

    async fn readable_results(
        &self,
        room: Room,
        mut before: Option<String>,
        limit: u16,
        is_consistent: bool,
    ) -> Result<Vec<DrawnPeriod>, StoreError> {
        let mut found = Vec::new();
        loop {
            let condition = match before {
                None => "pk = :pk",
                Some(_) => "pk = :pk AND sk < :before",
            };
            let query = Query::new(condition).consistent(is_consistent).descending();
            let mut query = query.value(":pk", text(result::partition(room)));
            if let Some(before) = &before {
                query = query.value(":before", text(before));
            }
            let missing = usize::from(limit) - found.len();
            let items = self.query_up_to(&query, None, missing).await?;
            for item in &items {
                match result::decode(item) {
                    Ok(result) => found.push(result),
                    Err(error) => {
                        tracing::warn!(%room, %error, "Left a result of {room} out, which cannot be read");
                    }
                }
            }
            match items.last() {
                Some(last) if items.len() == missing && found.len() < limit.into() => {
                    before = Some(Fields::of(last).get("sk")?);
                }
                _ => return Ok(found),
            }
        }
    }

    /// Every period in a shard of the index whose closing time has passed and that is neither drawn nor cancelled.
    ///
    /// # Role
    /// - `Query` on index `unfinished`
    pub async fn sweep_periods(&self, number: u8, now: Timestamp) -> Result<Vec<PeriodId>, StoreError> {
        self.sweep_partition(&period::index_partition(self.layout.shard(number)), now).await
    }

    /// Every period in a shard of the index that ended before a time and still owes payments.
    ///
    /// # Role
    /// - `Query` on index `unfinished`
    pub async fn sweep_lanes(&self, number: u8, before: Timestamp) -> Result<Vec<PeriodId>, StoreError> {
        self.sweep_partition(&period::index_partition_of_lanes(self.layout.shard(number)), before).await
    }

    async fn sweep_partition(&self, partition: &str, before: Timestamp) -> Result<Vec<PeriodId>, StoreError> {
        let (mut periods, mut start) = (Vec::new(), None);
        loop {
            let (items, next) =
                self.page_of_unfinished(partition, Since::Before(before), start, Self::PAGE).await?;
            let page = Page::of(&items, period::id_in_key, next);
            periods.extend(page.found);
            let Some(PageStart(next)) = page.next else { return Ok(periods) };
            start = Some(next);
        }
    }
}
