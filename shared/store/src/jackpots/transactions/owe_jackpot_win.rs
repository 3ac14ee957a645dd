//! A drawn win is owed from the moment at which it is known, whoever holds its group by then.

use crate::jackpots::entities::operation::{self, Used};
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{Written, put_new};
use crate::{Store, StoreError};
use evens_jackpots::Award;

/// What became of a drawn win.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OweWinOutcome {
    /// It is owed from now on.
    Owed,
    /// It was put before: it is owed, has begun, or need not be won any more.
    OwedBefore,
    /// Another win was drawn of the same bets before; nothing changed.
    AnotherWin,
}

impl Store {
    /// Puts a drawn win, once, where whoever begins it finds it.
    ///
    /// 1. operation: absent, else [`OweWinOutcome::OwedBefore`], or [`OweWinOutcome::AnotherWin`]
    ///
    /// # Role
    /// - `PutItem` on `JACKPOT-OP#`
    pub async fn owe_jackpot_win(&self, drawn: &Award) -> Result<OweWinOutcome, StoreError> {
        attempt!(self, AwardJackpot, {
            let items = vec![put_new(&self.table, operation::encode_owed(drawn))?];
            match self.transact(items).await? {
                Written::Committed => Ok(Attempt::Done(OweWinOutcome::Owed)),
                Written::Refused { found: Some(item), .. } => {
                    Ok(Attempt::Done(match operation::decode(&item)? {
                        Used::Award(first) if first.is_same(drawn) => OweWinOutcome::OwedBefore,
                        Used::Award(_) | Used::Contribution(_) => OweWinOutcome::AnotherWin,
                    }))
                }
                // What is there is not shown: it is read again.
                Written::Refused { found: None, .. } => Ok(Attempt::Again(StoreError::Contended)),
            }
        })
    }
}
