//! Handles one job: one bet.

use evens_contracts::RefundJob;
use evens_exchange::{Bet, RefundReason, RefundTerms};
use evens_idempotency::BetId;
use evens_ledger::Amount;
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

/// Refunds the unmatched part of the bet, if the job's reason applies. Harmless when repeated.
pub async fn handle(context: &Context, job: RefundJob, now: Timestamp) -> Result<JobDone, JobError> {
    let RefundJob { bet_id, reason } = job;
    let unknown_bet = || JobError::permanent(RefundFault::UnknownBet(bet_id));
    let bet = context.store.load_bet(bet_id).await?.ok_or_else(unknown_bet)?;
    let mut terms =
        RefundTerms { refund_after: context.settings.betting.refund_after, stake_min: Amount::ZERO };
    match reason {
        RefundReason::RoundEnded if !has_round_ended(context, &bet, now).await? => {
            return Ok(JobDone("the round has not ended"));
        }
        RefundReason::TooSmall => terms.stake_min = stake_min(context, &bet).await?,
        RefundReason::Expired | RefundReason::RoundEnded | RefundReason::Requested => {}
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
