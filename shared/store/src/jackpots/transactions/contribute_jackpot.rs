//! A contribution to several groups in one step, once for each id.

use crate::jackpots::entities::meter::{self, Addition};
use crate::jackpots::entities::operation::{self, StoredOperation};
use crate::table::item::Item;
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{WriteOutcome, change, put_new};
use crate::wallet::entities::movement_mark;
use crate::{Store, StoreError};
use evens_jackpots::{ContributeOutcome, Contribution, DailyContributions, IsClosed, MeterDay, meter_share};
use evens_ledger::Amount;

// The position of this item in the transaction below.
const OPERATION: usize = 0;

/// Maximum number of meters tried in one attempt, each chosen by the current counts of all meters.
const TURNS: u32 = 3;

impl Store {
    /// Makes a contribution: both items, or none. It neither reads nor writes a pool, so no win blocks it.
    ///
    /// Contributions by bets are not counted. All others count for their day. If the day has a limit, `day_max`, a
    /// contribution beyond it is refused. `day_max` is at least the amount that all meters together accept from one
    /// contribution.
    ///
    /// 1. operation: absent, else the first answer is repeated, or [`ContributeOutcome::OperationReused`]
    /// 2. a meter: is a meter or absent. If the contribution is counted, the meter must also count the same day, or
    ///    none yet, and have room, or the day that ends with this contribution must be known. Each group must be open
    ///    for contributions decided at that time. Else all meters are read. The result is
    ///    [`ContributeOutcome::IsClosed`], another meter with room, or [`ContributeOutcome::DayIsFull`]
    ///
    /// # Role
    /// - `BatchGetItem` on `JACKPOT-METER#`
    /// - `PutItem` on `JACKPOT-OP#`, `MOVED#`
    /// - `UpdateItem` on `JACKPOT-METER#`
    pub async fn contribute_jackpot(
        &self,
        contribution: &Contribution,
        day_max: Option<Amount>,
    ) -> Result<ContributeOutcome, StoreError> {
        let meters = self.layout.meters();
        let meter_max = day_max.map(|max| meter_share(max, meters));
        let mut place = MeterDay::first(contribution, meters);
        attempt!(self, ContributeJackpot, {
            for _ in 0..TURNS {
                let addition = Addition::of(contribution, place, meter_max);
                let items = vec![
                    put_new(operation::encode_contribution(contribution)),
                    change(addition.change()),
                    movement_mark::of_contribution(contribution),
                ];
                match self.transact(items).await? {
                    WriteOutcome::Committed => {
                        let contribution = contribution.clone();
                        let made = ContributeOutcome::Contributed { contribution, is_replay: false };
                        return Ok(Attempt::Done(made));
                    }
                    WriteOutcome::Refused { position: OPERATION, found: Some(item) } => {
                        return Ok(Attempt::Done(repeat_outcome(contribution, &item)?));
                    }
                    // The refusal does not return the stored item, so it is read again.
                    WriteOutcome::Refused { position: OPERATION, found: None } => {
                        return Ok(Attempt::Again(StoreError::Contended));
                    }
                    WriteOutcome::Refused { .. } if contribution.operation.is_of_play() => {
                        return Err(StoreError::corrupt(
                            &contribution.operation,
                            "its meter item has another kind",
                        ));
                    }
                    WriteOutcome::Refused { .. } => {
                        let found = self.get_batch_again(&meter::all_keys(meters)).await?;
                        if let Some(closed) = closed_group(contribution, &found)? {
                            return Ok(Attempt::Done(ContributeOutcome::IsClosed(closed)));
                        }
                        match MeterDay::with_room(contribution, &brought(&found)?, day_max, meters) {
                            Ok(other) => place = other,
                            Err(full) => return Ok(Attempt::Done(ContributeOutcome::DayIsFull(full))),
                        }
                    }
                }
            }
            Ok(Attempt::Again(StoreError::Contended))
        })
    }

    /// The answer to a contribution whose id was used before. `None` if it was not used.
    ///
    /// # Role
    /// - `GetItem` on `JACKPOT-OP#`
    pub async fn find_repeated_contribution(
        &self,
        contribution: &Contribution,
    ) -> Result<Option<ContributeOutcome>, StoreError> {
        let found = self.read_jackpot(&operation::key(&contribution.operation)).await?;
        found.map(|item| repeat_outcome(contribution, &item)).transpose()
    }
}

/// The counted contributions by route of each meter.
fn brought(meters: &[Option<Item>]) -> Result<Vec<Option<DailyContributions>>, StoreError> {
    meters.iter().map(|item| item.as_ref().map_or(Ok(None), meter::decode_brought)).collect()
}

/// The group that is closed for this contribution, according to any of the meters.
fn closed_group(
    contribution: &Contribution,
    meters: &[Option<Item>],
) -> Result<Option<IsClosed>, StoreError> {
    for item in meters.iter().flatten() {
        if let Some(closed) = IsClosed::to(contribution, &meter::decode_closed(item)?) {
            return Ok(Some(closed));
        }
    }
    Ok(None)
}

fn repeat_outcome(contribution: &Contribution, item: &Item) -> Result<ContributeOutcome, StoreError> {
    Ok(match operation::decode(item)? {
        StoredOperation::Contribution(first) if first.is_same(contribution) => {
            ContributeOutcome::Contributed { contribution: first, is_replay: true }
        }
        StoredOperation::Contribution(_) | StoredOperation::Award(_) => ContributeOutcome::OperationReused,
    })
}
