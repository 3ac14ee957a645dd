//! The other steps of a win: each meter is collected, and then the winner is credited and the pool starts again.

use crate::jackpots::entities::meter::{self, Collection};
use crate::jackpots::entities::{pool, win};
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{Written, put_new};
use crate::wallet::entities::transfer;
use crate::wallet::transactions::wallet_items::{Lock, Standing, post};
use crate::{Store, StoreError};
use aws_sdk_dynamodb::types::TransactWriteItem;
use evens_jackpots::{JackpotGroup, METERS, PendingWin, Pool, Share, Win, WinPlan, finish_win};
use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use std::ops::Range;
use std::slice::from_ref;

/// How many meters are collected side by side.
const AT_ONCE: usize = 16;

/// What became of going on with the win of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FinishWinOutcome {
    /// It is paid, now or by somebody who was faster.
    Paid {
        /// The win.
        win: Box<Win>,
        /// Since when it held the group.
        begun_at: Timestamp,
    },
    /// None is under way.
    NoneUnderWay,
    /// The winner's balance cannot hold it. The group waits for somebody who changes that.
    BalanceTooLarge(Box<PendingWin>),
}

impl Store {
    /// Goes on with the win that is under way in a group, to its end. Whoever repeats it finds done what is done; any
    /// number may go on with it at once.
    ///
    /// First each meter, in a write of its own: what is in it belongs to the win, unless that is so already. Then, all
    /// of it or nothing:
    ///
    /// 1. pool: version is the one read, else whoever was faster has paid, or begun to pay the next one
    /// 2. wallet, with the entry `JACKPOT:{operation}`: version is the one read, else read again until the deadline
    /// 3. record of the win: absent, as the pool is the one read, else [`StoreError::Corrupt`]
    /// 4. transfers that start the pool again: absent, the same
    /// 5. page of the ledger that was full, if one was: absent as the version was the one read, the same
    ///
    /// # Role
    /// - `BatchGetItem` on `JACKPOT#`
    /// - `GetItem` on `JACKPOT-WINS#`, `USER#`
    /// - `PutItem` on `JACKPOT#`, `JACKPOT-WINS#`, `LEDGER#`, `TRANSFER#JACKPOT-REFILL:`, `TRANSFER#JACKPOT-TOP-UP:`
    /// - `UpdateItem` on `JACKPOT-METER#`, `USER#`
    pub async fn finish_jackpot_win(
        &self,
        group: JackpotGroup,
        now: Timestamp,
    ) -> Result<FinishWinOutcome, StoreError> {
        let Some(read) = self.load_jackpot_pool(group).await? else {
            return Ok(FinishWinOutcome::NoneUnderWay);
        };
        let Some(pending) = read.winning() else { return Ok(FinishWinOutcome::NoneUnderWay) };
        let Some(collected) = self.collect_meters(&read, pending, 0..METERS, now).await? else {
            return Ok(FinishWinOutcome::NoneUnderWay);
        };
        let begun_at = pending.begun_at;
        attempt!(self, FinishJackpotWin, {
            let wallet = self.load_wallet(pending.award.user).await?;
            let plan = match finish_win(&read, collected, &wallet, now) {
                None => return Ok(Attempt::Done(FinishWinOutcome::NoneUnderWay)),
                Some(Err(_)) => {
                    let pending = Box::new(pending.clone());
                    return Ok(Attempt::Done(FinishWinOutcome::BalanceTooLarge(pending)));
                }
                Some(Ok(plan)) => plan,
            };
            match self.transact(win_items(&self.table, &read, &plan)?).await? {
                Written::Committed => {
                    self.observe_entries(&[&plan.entry]);
                    Ok(Attempt::Done(FinishWinOutcome::Paid { win: Box::new(plan.win), begun_at }))
                }
                Written::Refused { position: 0, .. } => {
                    let paid = self.load_jackpot_win(group, read.cycle).await?;
                    let outcome = paid.map_or(FinishWinOutcome::NoneUnderWay, |win| FinishWinOutcome::Paid {
                        win: Box::new(win),
                        begun_at,
                    });
                    Ok(Attempt::Done(outcome))
                }
                Written::Refused { position: 1, .. } => Ok(Attempt::Again(StoreError::Contended)),
                Written::Refused { .. } => {
                    Err(StoreError::corrupt(&pending.award.operation, "its record exists before its payment"))
                }
            }
        })
    }

    /// Collects some meters for the win that is under way in a group, and no more: as far as whoever dies then came.
    pub async fn collect_jackpot_meters(
        &self,
        group: JackpotGroup,
        meters: Range<u8>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let pool = self.load_jackpot_pool(group).await?;
        match pool.as_ref().and_then(|pool| Some((pool, pool.winning()?))) {
            Some((pool, pending)) => self.collect_meters(pool, pending, meters, now).await.map(drop),
            None => Ok(()),
        }
    }

    /// What a win finds in meters; none where a later win has collected one, so it was paid before.
    async fn collect_meters(
        &self,
        read: &Pool,
        pending: &PendingWin,
        meters: Range<u8>,
        now: Timestamp,
    ) -> Result<Option<Share>, StoreError> {
        let found: Vec<Option<Share>> = stream::iter(meters)
            .map(|number| self.collect_meter(number, read, pending, now))
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await?;
        let found = found.into_iter().collect::<Option<Vec<Share>>>();
        Ok(found.map(|found| found.into_iter().fold(Share::default(), Share::plus)))
    }

    async fn collect_meter(
        &self,
        number: u8,
        read: &Pool,
        pending: &PendingWin,
        now: Timestamp,
    ) -> Result<Option<Share>, StoreError> {
        let operation = &pending.award.operation;
        let collection = Collection::of(number, read.group, operation, read.cycle, now);
        attempt!(self, CollectJackpot, {
            let (Ok(item) | Err(Some(item))) = self.change_and_read(collection.change()).await? else {
                // What is there is not shown: it is read again.
                return Ok(Attempt::Again(StoreError::Contended));
            };
            Ok(Attempt::Done(meter::decode(&item)?.parts.get(read.group).found_by(operation)))
        })
    }

    async fn load_jackpot_pool(&self, group: JackpotGroup) -> Result<Option<Pool>, StoreError> {
        let mut pools = self.load_jackpot_pools().await?;
        Ok(pools.get_mut(group).take())
    }
}

fn win_items(table: &str, read: &Pool, plan: &WinPlan) -> Result<Vec<TransactWriteItem>, StoreError> {
    let WinPlan { pool: after, wallet, entry, transfers, win } = plan;
    let posted = post(table, wallet, from_ref(entry), Lock::Keep, Standing::Any)?;
    let mut items = vec![pool::put(table, after, read)?, posted.wallet, put_new(table, win::encode(win))?];
    for moved in transfers {
        items.push(put_new(table, transfer::encode(moved)?)?);
    }
    items.extend(posted.pages);
    Ok(items)
}
