//! A drawn win is owed from the moment at which it is known, even if another win holds its group.

use crate::jackpots::entities::operation::{self, StoredOperation};
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{WriteOutcome, put_new};
use crate::{Store, StoreError};
use evens_jackpots::Award;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OweWinOutcome {
    /// Owed from now on.
    Owed,
    /// Stored by an earlier call. It is owed, has begun, or no longer has to be won.
    OwedBefore,
    /// Another win was drawn from the same bets before; nothing changed.
    AnotherWin,
}

impl Store {
    /// Stores a drawn win once, where the sweep finds it.
    ///
    /// 1. operation: absent, else [`OweWinOutcome::OwedBefore`], or [`OweWinOutcome::AnotherWin`]
    ///
    /// # Role
    /// - `PutItem` on `JACKPOT-OP#`
    pub async fn owe_jackpot_win(&self, drawn: &Award) -> Result<OweWinOutcome, StoreError> {
        attempt!(self, AwardJackpot, {
            let items = vec![put_new(operation::encode_owed(drawn, self.layout))];
            match self.transact(items).await? {
                WriteOutcome::Committed => Ok(Attempt::Done(OweWinOutcome::Owed)),
                WriteOutcome::Refused { found: Some(item), .. } => {
                    Ok(Attempt::Done(match operation::decode(&item)? {
                        StoredOperation::Award(first) if first.is_same(drawn) => OweWinOutcome::OwedBefore,
                        StoredOperation::Award(_) | StoredOperation::Contribution(_) => {
                            OweWinOutcome::AnotherWin
                        }
                    }))
                }
                // The refusal does not return the stored item, so it is read again.
                WriteOutcome::Refused { found: None, .. } => Ok(Attempt::Again(StoreError::Contended)),
            }
        })
    }
}
