//! A contribution: to several groups in one step, once for each id.

use crate::jackpots::entities::meter::{self, Addition};
use crate::jackpots::entities::operation::{self, Used};
use crate::table::item::Item;
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{Written, change, put_new};
use crate::{Store, StoreError};
use evens_jackpots::{Brought, ContributeOutcome, Contribution, IsClosed, MeterPlace};
use evens_ledger::Amount;

/// How many meters are tried in a row, each chosen by what all of them count by then.
const TURNS: u32 = 3;

impl Store {
    /// Makes a contribution: both items, or none. No pool is read or written, so no win is in its way.
    ///
    /// What bets feed is not counted. Everything else is, for its day; and where that has a bound, `day_max`, one that
    /// goes beyond it is refused. `day_max` is at least what all meters together take of it at once.
    ///
    /// 1. operation: absent, else the first answer again, or [`ContributeOutcome::OperationReused`]
    /// 2. a meter: anything is added to whatever is there. Where it is counted: the meter counts that day, or none yet,
    ///    and has room, or it is known which day ends with this one; and each group takes what was decided by then.
    ///    Else what all meters know is read: [`ContributeOutcome::IsClosed`], or another one that has room is taken, or
    ///    [`ContributeOutcome::DayIsFull`]
    ///
    /// # Role
    /// - `BatchGetItem` on `JACKPOT-METER#`
    /// - `PutItem` on `JACKPOT-OP#`
    /// - `UpdateItem` on `JACKPOT-METER#`
    pub async fn contribute_jackpot(
        &self,
        contribution: &Contribution,
        day_max: Option<Amount>,
    ) -> Result<ContributeOutcome, StoreError> {
        let mut place = MeterPlace::first(contribution);
        attempt!(self, ContributeJackpot, {
            for _ in 0..TURNS {
                let addition = Addition::of(contribution, place, day_max);
                let items = vec![
                    put_new(&self.table, operation::encode_contribution(contribution))?,
                    change(&self.table, addition.change())?,
                ];
                match self.transact(items).await? {
                    Written::Committed => {
                        let contribution = contribution.clone();
                        let made = ContributeOutcome::Contributed { contribution, is_replay: false };
                        return Ok(Attempt::Done(made));
                    }
                    Written::Refused { position: 0, found: Some(item) } => {
                        return Ok(Attempt::Done(repeated(contribution, &item)?));
                    }
                    // Who else is there is not shown: it is read again.
                    Written::Refused { position: 0, found: None } => {
                        return Ok(Attempt::Again(StoreError::Contended));
                    }
                    Written::Refused { .. } if contribution.operation.is_of_play() => {
                        return Err(StoreError::corrupt(
                            &contribution.operation,
                            "its meter item has another kind",
                        ));
                    }
                    Written::Refused { .. } => {
                        let meters = self.get_batch_again(&meter::all_keys()).await?;
                        if let Some(closed) = closed(contribution, &meters)? {
                            return Ok(Attempt::Done(ContributeOutcome::IsClosed(closed)));
                        }
                        match MeterPlace::with_room(contribution, &brought(&meters)?, day_max) {
                            Ok(other) => place = other,
                            Err(full) => return Ok(Attempt::Done(ContributeOutcome::DayIsFull(full))),
                        }
                    }
                }
            }
            Ok(Attempt::Again(StoreError::Contended))
        })
    }

    /// What a contribution is answered whose id was used before; none where it was not.
    ///
    /// # Role
    /// - `GetItem` on `JACKPOT-OP#`
    pub async fn find_repeated_contribution(
        &self,
        contribution: &Contribution,
    ) -> Result<Option<ContributeOutcome>, StoreError> {
        let found = self.read_jackpot(&operation::key(&contribution.operation)).await?;
        found.map(|item| repeated(contribution, &item)).transpose()
    }
}

/// What each meter keeps of what contributions by route have brought it.
fn brought(meters: &[Option<Item>]) -> Result<Vec<Option<Brought>>, StoreError> {
    meters.iter().map(|item| item.as_ref().map_or(Ok(None), meter::decode_brought)).collect()
}

/// The group that takes no contribution of that moment, by any of the meters.
fn closed(contribution: &Contribution, meters: &[Option<Item>]) -> Result<Option<IsClosed>, StoreError> {
    for item in meters.iter().flatten() {
        if let Some(closed) = IsClosed::to(contribution, &meter::decode_closed(item)?) {
            return Ok(Some(closed));
        }
    }
    Ok(None)
}

fn repeated(contribution: &Contribution, item: &Item) -> Result<ContributeOutcome, StoreError> {
    Ok(match operation::decode(item)? {
        Used::Contribution(first) if first.is_same(contribution) => {
            ContributeOutcome::Contributed { contribution: first, is_replay: true }
        }
        Used::Contribution(_) | Used::Award(_) => ContributeOutcome::OperationReused,
    })
}
