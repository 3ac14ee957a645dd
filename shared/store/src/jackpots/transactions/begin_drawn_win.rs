//! The first step of a win that was drawn: it is owed until it begins, and begins once.

use super::award_jackpot::put_over_award;
use crate::jackpots::entities::operation::{self, Used};
use crate::table::retry::{Attempt, attempt};
use crate::table::write::Written;
use crate::{Store, StoreError};
use evens_games::PeriodId;
use evens_jackpots::{Award, AwardAct, AwardRefusal, JackpotGroup, OperationId};
use jiff::Timestamp;

/// What became of beginning a win that was drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BeginWinOutcome {
    /// The pool is its own, now or since before.
    Begun,
    /// Nothing is owed: the bets of the period won nothing, or their win need not be won any more.
    NotOwed,
    /// Another win holds the group: it stays owed.
    Held,
    /// The winner's balance cannot hold it: it stays owed.
    BalanceTooLarge(Box<Award>),
}

impl Store {
    /// Begins the win that a period's bets are owed of a group, if they are: as [`Store::award_jackpot`] does, without
    /// a line in the audit log, as nobody decided it. One that was forced by a pool that somebody else has won
    /// meanwhile is owed no more.
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

    /// What was put down of who has won a group by the bets of a period, wherever it has come to since.
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
            Some(Used::Award(award)) => Ok(Some(*award)),
            Some(Used::Contribution(_)) | None => Ok(None),
        }
    }

    /// A drawn win that somebody has to begin.
    async fn load_owed_win(&self, operation: &OperationId) -> Result<Option<Award>, StoreError> {
        let Some(item) = self.read_jackpot(&operation::key(operation)).await? else { return Ok(None) };
        Ok(match operation::decode(&item)? {
            Used::Award(award) if operation::is_listed(&item) && award.is_owed() => Some(*award),
            Used::Award(_) | Used::Contribution(_) => None,
        })
    }

    /// Nobody has to begin it any more.
    async fn withdraw_owed_win(&self, owed: &Award) -> Result<BeginWinOutcome, StoreError> {
        attempt!(self, AwardJackpot, {
            match self.transact(vec![put_over_award(&self.table, owed, owed)?]).await? {
                Written::Committed => Ok(Attempt::Done(BeginWinOutcome::NotOwed)),
                // Somebody who saw more in the pool has begun it.
                Written::Refused { .. } => Ok(Attempt::Done(BeginWinOutcome::Begun)),
            }
        })
    }
}
