//! Handles one job: one bet, or all bets of a player.

use evens_contracts::{RefundJob, RefundPlayerJob, RefundsJob};
use evens_exchange::{Bet, RefundReason, RefundTerms};
use evens_idempotency::BetId;
use evens_ledger::{Amount, UserId};
use evens_runtime::{Context, JobDone, JobError};
use evens_store::RefundBetOutcome;
use jiff::Timestamp;

/// Permanent failures: a retry cannot succeed.
#[derive(Debug, thiserror::Error)]
enum RefundFault {
    #[error("the bet {0} does not exist")]
    UnknownBet(BetId),
    #[error("the refund of bet {0} would exceed the largest balance")]
    BalanceTooLarge(BetId),
}

/// Handles one job. Harmless when repeated.
pub async fn handle(context: &Context, job: RefundsJob, now: Timestamp) -> Result<JobDone, JobError> {
    match job {
        RefundsJob::Refund(RefundJob { bet_id, reason }) => refund(context, bet_id, reason, now).await,
        RefundsJob::RefundPlayer(RefundPlayerJob { user_id }) => refund_player(context, user_id, now).await,
    }
}

/// Refunds the unmatched parts of all bets of a player, if they are excluded or blocked. A bet that cannot be refunded
/// does not keep the others from it.
async fn refund_player(context: &Context, user: UserId, now: Timestamp) -> Result<JobDone, JobError> {
    let refund_after = context.settings.betting.refund_after;
    let mut failure = None;
    for bet in context.store.list_unmatched(user, refund_after, now).await? {
        if let Err(error) = refund(context, bet, RefundReason::Barred, now).await {
            failure = failure.or(Some(error));
        }
    }
    failure.map_or(Ok(JobDone("handled the unmatched bets of the player")), Err)
}

/// Refunds the unmatched part of the bet, if the reason applies.
async fn refund(
    context: &Context,
    bet: BetId,
    reason: RefundReason,
    now: Timestamp,
) -> Result<JobDone, JobError> {
    let unknown_bet = || JobError::permanent(RefundFault::UnknownBet(bet));
    let bet = context.store.load_bet(bet).await?.ok_or_else(unknown_bet)?;
    let mut terms =
        RefundTerms { refund_after: context.settings.betting.refund_after, stake_min: Amount::ZERO };
    match reason {
        RefundReason::RoundEnded if !has_round_ended(context, &bet, now).await? => {
            return Ok(JobDone("the round has not ended"));
        }
        RefundReason::TooSmall => terms.stake_min = stake_min(context, &bet).await?,
        RefundReason::Expired | RefundReason::RoundEnded | RefundReason::Requested | RefundReason::Barred => {
        }
    }
    match context.store.refund_bet(&bet, reason, terms, now).await? {
        RefundBetOutcome::Refunded(refund) => {
            tracing::info!(
                "bet.id" = %bet.id,
                "user.id" = %bet.user,
                amount = %refund.entry.amount,
                "Refunded bet {} to user {}",
                bet.id,
                bet.user,
            );
            Ok(JobDone("refunded"))
        }
        RefundBetOutcome::NothingWaits => Ok(JobDone("nothing unmatched")),
        RefundBetOutcome::NotDue { .. } => Ok(JobDone("not due")),
        RefundBetOutcome::RoundEnded => Ok(JobDone("refunded with its round")),
        RefundBetOutcome::NotBarred => Ok(JobDone("the player may play")),
        RefundBetOutcome::BalanceTooLarge => Err(JobError::permanent(RefundFault::BalanceTooLarge(bet.id))),
    }
}

async fn has_round_ended(context: &Context, bet: &Bet, now: Timestamp) -> Result<bool, JobError> {
    Ok(context.store.load_round(&bet.round).await?.is_none_or(|round| !round.takes_bets(now)))
}

/// The minimum stake matched in the bet's round.
async fn stake_min(context: &Context, bet: &Bet) -> Result<Amount, JobError> {
    let round = context.store.load_round(&bet.round).await?;
    Ok(round.map_or(Amount::ZERO, |round| round.stake_min))
}
