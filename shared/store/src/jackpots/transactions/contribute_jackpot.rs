//! A contribution: to several groups in one step, once for each id.

use crate::jackpots::entities::meter::Addition;
use crate::jackpots::entities::operation::{self, Used};
use crate::table::item::Item;
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{Written, change, put_new};
use crate::{Store, StoreError};
use evens_jackpots::{ContributeOutcome, Contribution};

impl Store {
    /// Makes a contribution: both items, or none. No pool is read or written, so no win is in its way.
    ///
    /// 1. operation: absent, else the first answer again, or [`ContributeOutcome::OperationReused`]
    /// 2. meter of the operation: anything is added to whatever is there
    pub async fn contribute_jackpot(
        &self,
        contribution: &Contribution,
    ) -> Result<ContributeOutcome, StoreError> {
        let addition = Addition::of(contribution);
        attempt!(self, ContributeJackpot, {
            let items = vec![
                put_new(&self.table, operation::encode_contribution(contribution))?,
                change(&self.table, addition.change())?,
            ];
            match self.transact(items).await? {
                Written::Committed => Ok(Attempt::Done(ContributeOutcome::Contributed {
                    contribution: contribution.clone(),
                    is_replay: false,
                })),
                Written::Refused { position: 0, found: Some(item) } => {
                    Ok(Attempt::Done(repeated(contribution, &item)?))
                }
                // Who else is there is not shown: it is read again.
                Written::Refused { position: 0, found: None } => Ok(Attempt::Again(StoreError::Contended)),
                Written::Refused { .. } => {
                    Err(StoreError::corrupt(&contribution.operation, "its meter is no meter"))
                }
            }
        })
    }
}

fn repeated(contribution: &Contribution, item: &Item) -> Result<ContributeOutcome, StoreError> {
    Ok(match operation::decode(item)? {
        Used::Contribution(first) if first.is_same(contribution) => {
            ContributeOutcome::Contributed { contribution: first, is_replay: true }
        }
        Used::Contribution(_) | Used::Award(_) => ContributeOutcome::OperationReused,
    })
}
