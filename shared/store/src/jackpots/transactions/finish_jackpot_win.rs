//! The remaining steps of a win: each meter is collected, then the winner is credited and the pool starts again.

use crate::jackpots::entities::meter::{self, Collection};
use crate::jackpots::entities::{pool, win};
use crate::table::layout::Layout;
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{Write, WriteOutcome, put_new};
use crate::wallet::entities::{movement_mark, transfer};
use crate::wallet::transactions::wallet_items::{Lock, OwnerCondition, post};
use crate::{ChangedItem, Store, StoreError};
use evens_jackpots::{JackpotGroup, PendingWin, Pool, Share, Win, WinPlan, finish_win};
use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use std::ops::Range;
use std::slice::from_ref;

// Positions of items in the transaction below.
const POOL: usize = 0;
const WALLET: usize = 1;

/// Number of meters collected concurrently.
const AT_ONCE: usize = 16;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FinishWinOutcome {
    /// Paid by this call or by a concurrent one.
    Paid {
        win: Box<Win>,
        /// The time since which the win held the group.
        begun_at: Timestamp,
    },
    /// No win is in progress.
    NoneUnderWay,
    /// The winner's balance cannot hold the amount. The group is blocked until that changes.
    BalanceTooLarge(Box<PendingWin>),
}

impl Store {
    /// Completes the win in progress of a group. A repeat finds the steps that are done, and any number of processes
    /// may run it concurrently.
    ///
    /// First each meter, in a write of its own: its balance moves to the win, unless it already has. Then all items, or
    /// none:
    ///
    /// 1. pool: version is the one read, else another process has paid this win, and may have begun the next one
    /// 2. wallet, with the entry `JACKPOT:{operation}`: version is the one read, else read again until the deadline
    /// 3. record of the win: absent, because the pool is the one read, else [`StoreError::Corrupt`]
    /// 4. transfers that start the pool again: absent, else the same
    /// 5. ledger page that was full, if any: absent, because the wallet's version is the one read, else the same
    ///
    /// # Role
    /// - `BatchGetItem` on `JACKPOT#`
    /// - `GetItem` on `JACKPOT-WINS#`, `USER#`
    /// - `PutItem` on `JACKPOT#`, `JACKPOT-WINS#`, `LEDGER#`, `MOVED#`
    /// - `PutItem` on `TRANSFER#JACKPOT-REFILL:`, `TRANSFER#JACKPOT-TOP-UP:`
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
        let meters = self.layout.meters().numbers();
        let Some(collected) = self.collect_meters(&read, pending, meters, now).await? else {
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
            match self.transact(win_items(&read, &plan, self.layout)?).await? {
                WriteOutcome::Committed => {
                    self.observe_entries(&[&plan.entry]);
                    self.observe_change(ChangedItem::Jackpot(group));
                    Ok(Attempt::Done(FinishWinOutcome::Paid { win: Box::new(plan.win), begun_at }))
                }
                WriteOutcome::Refused { position: POOL, .. } => {
                    self.observe_wallet(pending.award.user);
                    self.observe_change(ChangedItem::Jackpot(group));
                    let paid = self.load_jackpot_win(group, read.cycle).await?;
                    let outcome = paid.map_or(FinishWinOutcome::NoneUnderWay, |win| FinishWinOutcome::Paid {
                        win: Box::new(win),
                        begun_at,
                    });
                    Ok(Attempt::Done(outcome))
                }
                WriteOutcome::Refused { position: WALLET, .. } => Ok(Attempt::Again(StoreError::Contended)),
                WriteOutcome::Refused { .. } => {
                    Err(StoreError::corrupt(&pending.award.operation, "its record exists before its payment"))
                }
            }
        })
    }

    /// Collects only some meters for the win in progress of a group: the state that a process leaves if it dies there.
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

    /// The amount that a win collects from meters. `None` if a later win has collected one of them, so this win was
    /// already paid.
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
                // The refusal does not return the stored item, so it is read again.
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

fn win_items(read: &Pool, plan: &WinPlan, layout: Layout) -> Result<Vec<Write>, StoreError> {
    let WinPlan { pool: after, wallet, entry, transfers, win } = plan;
    let posted = post(wallet, from_ref(entry), Lock::Keep, OwnerCondition::Any);
    let mut items = vec![pool::put(after, read, layout), posted.wallet, put_new(win::encode(win))];
    for moved in transfers {
        items.push(put_new(transfer::encode(moved)?));
    }
    items.extend(posted.added);
    items.extend(transfers.iter().map(movement_mark::of_transfer));
    Ok(items)
}
