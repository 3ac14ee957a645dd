//! The fence of a period: every shard of its bets is closed, and their content is final. A late bet would be free money
//! here, so the fence is exact: a bet requires in its own transaction that its shard is not closed. The first bet of a
//! shard requires that the period is open.

use crate::games::entities::shard;
use crate::games::transactions::write_period::PeriodWrite;
use crate::table::retry::{Attempt, attempt};
use crate::table::write::Change;
use crate::{Store, StoreError};
use evens_games::{Period, PeriodTotals};
use evens_ledger::Amount;
use evens_records::PeriodShard;
use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;

/// Number of shards closed concurrently.
const AT_ONCE: usize = 16;

impl Store {
    /// Closes every shard of a period that is closing in the table, and then the period, with the sum of its bets. Can
    /// be repeated: closed shards stay as they are. Returns the period afterwards.
    ///
    /// A missing shard has no bets, and the period's state lets none be created. A transaction that is still creating
    /// it conflicts with this write, which is then repeated.
    ///
    /// One conditional write for each shard, and then one for the period:
    ///
    /// 1. shard: exists and is not closed, else it was closed before or has no bets
    /// 2. period: CLOSING, else another process was faster
    ///
    /// # Role
    /// - `GetItem` on `RESULTS#`
    /// - `PutItem` on `PERIOD#`
    /// - `UpdateItem` on `PERIOD-BETS#`
    pub async fn close_period(&self, closing: &Period, now: Timestamp) -> Result<Period, StoreError> {
        let totals = stream::iter(0..closing.shards.get())
            .map(|number| self.close_shard(closing, number, now))
            .buffer_unordered(AT_ONCE)
            .try_fold(PeriodTotals::default(), async |totals, closed| plus(closing, totals, closed.as_ref()))
            .await?;
        let Ok(closed) = closing.closed(totals) else {
            return Err(StoreError::corrupt(closing.id, "is fenced, but does not close"));
        };
        self.move_period(closing, closed).await.map(PeriodWrite::into_period)
    }

    async fn close_shard(
        &self,
        period: &Period,
        number: u16,
        now: Timestamp,
    ) -> Result<Option<PeriodShard>, StoreError> {
        attempt!(self, WritePeriod, {
            let change = Change {
                key: shard::key(period.id, number),
                update: shard::CLOSE,
                condition: shard::IS_OPEN,
                values: shard::values_to_close(now),
            };
            let (Ok(found) | Err(found)) = self.change_and_read(change).await?.map(Some);
            Ok(Attempt::Done(found.as_ref().map(shard::decode).transpose()?))
        })
    }
}

fn plus(
    period: &Period,
    totals: PeriodTotals,
    shard: Option<&PeriodShard>,
) -> Result<PeriodTotals, StoreError> {
    let too_much = || StoreError::corrupt(period.id, "the sum of its stakes is too large");
    let Some(shard) = shard else { return Ok(totals) };
    let units: i128 = shard.bets.iter().map(|record| record.stake.amount().units()).sum();
    let bets = totals.bets + shard.bets.len() as u64;
    let staked = Amount::from_units(totals.staked.units() + units).map_err(|_| too_much())?;
    Ok(PeriodTotals { bets, staked })
}
