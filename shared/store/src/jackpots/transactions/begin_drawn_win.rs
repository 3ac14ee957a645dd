//! The first step of a drawn win: it is owed until it begins, and begins once.

use super::award_jackpot::put_over_award;
use crate::jackpots::entities::operation::{self, StoredOperation};
use crate::table::retry::{Attempt, attempt};
use crate::table::write::WriteOutcome;
use crate::{Store, StoreError};
use evens_games::PeriodId;
use evens_jackpots::{Award, AwardAct, AwardRefusal, JackpotGroup, OperationId};
use jiff::Timestamp;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BeginWinOutcome {
    /// The pool belongs to the win, now or since an earlier call.
    Begun,
    /// Nothing is owed: the period's bets won nothing, or the win no longer has to be won.
    NotOwed,
    /// Another win holds the group. This one stays owed.
    Held,
    /// The winner's balance cannot hold the amount. The win stays owed.
    BalanceTooLarge(Box<Award>),
}

impl Store {
    /// Begins the win of a group that is owed to a period's bets, if any, as [`Store::award_jackpot`] does. Adds no
    /// line to the audit log, because no person decided it. A win forced by a pool's limit is no longer owed if another
    /// player has won that pool since.
    ///
    /// 1. operation: not begun, else nothing changes
    ///
    /// # Role
    /// - `BatchGetItem` on `JACKPOT#`, `JACKPOT-METER#`, `JACKPOT-OP#`, `USER#`
    /// - `GetItem` on `JACKPOT-OP#`
    /// - `PutItem` on `JACKPOT#`, `JACKPOT-OP#`
    /// - `Query` on `JACKPOT#`
    pub async fn begin_drawn_win(
        &self,
        group: JackpotGroup,
        period: PeriodId,
        now: Timestamp,
    ) -> Result<BeginWinOutcome, StoreError> {
        let operation = OperationId::of_drawn_win(period, group);
        let Some(owed) = self.load_owed_win(&operation).await? else { return Ok(BeginWinOutcome::NotOwed) };
        match self.award_jackpot(&owed, AwardAct::Draw, |_| None, now).await? {
            Ok(_) | Err(AwardRefusal::BegunBefore(_)) => Ok(BeginWinOutcome::Begun),
            Err(AwardRefusal::Held(_)) => Ok(BeginWinOutcome::Held),
            Err(AwardRefusal::BalanceTooLarge) => Ok(BeginWinOutcome::BalanceTooLarge(Box::new(owed))),
            Err(AwardRefusal::NeedNotBeWon(_)) => self.withdraw_owed_win(&owed).await,
            Err(
                refusal @ (AwardRefusal::LoginTooOld
                | AwardRefusal::OwnWin
                | AwardRefusal::OperationReused(_)
                | AwardRefusal::ProposalLapsed
                | AwardRefusal::NoPlayer
                | AwardRefusal::NotOpen(_)
                | AwardRefusal::MoreThanPool(_)
                | AwardRefusal::ProposedBefore),
            ) => {
                tracing::error!("operation.id" = %operation, %refusal, "The drawn win {operation} cannot begin");
                Err(StoreError::corrupt(&operation, "the drawn win cannot begin"))
            }
        }
    }

    /// The stored drawn win of a group by the bets of a period, in whatever state it is now.
    ///
    /// # Role
    /// - `GetItem` on `JACKPOT-OP#`
    pub async fn load_drawn_win(
        &self,
        group: JackpotGroup,
        period: PeriodId,
    ) -> Result<Option<Award>, StoreError> {
        let item = self.read_jackpot(&operation::key(&OperationId::of_drawn_win(period, group))).await?;
        match item.as_ref().map(operation::decode).transpose()? {
            Some(StoredOperation::Award(award)) => Ok(Some(*award)),
            Some(StoredOperation::Contribution(_)) | None => Ok(None),
        }
    }

    /// A drawn win that has not begun and is still owed.
    async fn load_owed_win(&self, operation: &OperationId) -> Result<Option<Award>, StoreError> {
        let Some(item) = self.read_jackpot(&operation::key(operation)).await? else { return Ok(None) };
        Ok(match operation::decode(&item)? {
            StoredOperation::Award(award) if operation::is_listed(&item) && award.is_owed() => Some(*award),
            StoredOperation::Award(_) | StoredOperation::Contribution(_) => None,
        })
    }

    /// Takes a drawn win out of the index, so that it no longer has to begin.
    async fn withdraw_owed_win(&self, owed: &Award) -> Result<BeginWinOutcome, StoreError> {
        attempt!(self, AwardJackpot, {
            match self.transact(vec![put_over_award(owed, owed)]).await? {
                WriteOutcome::Committed => Ok(Attempt::Done(BeginWinOutcome::NotOwed)),
                // Another process saw more in the pool and has begun it.
                WriteOutcome::Refused { .. } => Ok(Attempt::Done(BeginWinOutcome::Begun)),
            }
        })
    }
}
