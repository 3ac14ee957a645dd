//! Handles one job: one match.

use evens_contracts::SettleJob;
use evens_exchange::{Match, MatchId, MatchState, MatchVerdict, Outcome, RoundId};
use evens_runtime::{Context, JobDone, JobError};
use evens_store::{DrawOutcome, SettleOutcome, VoidMatchOutcome, WalletSnapshot};
use jiff::Timestamp;
use std::error::Error;

/// Permanent failures: a retry cannot succeed.
#[derive(Debug, thiserror::Error)]
enum SettleFault {
    #[error("the match {0} does not exist")]
    UnknownMatch(MatchId),
    #[error("the round {0} of a match does not exist")]
    UnknownRound(RoundId),
    #[error("the seed of the round {0} does not match the hash published when it opened")]
    WrongSeed(RoundId),
    #[error("neither the payout nor the stakes fit into the players' balances")]
    BalanceTooLarge,
}

/// The log line and dead letter that monitoring of settlements looks for (A23).
#[derive(Debug, thiserror::Error)]
#[error("Settlement failed for match {id}")]
struct SettlementFailed {
    id: MatchId,
    source: Box<dyn Error + Send + Sync>,
}

/// The payout did not fit into the winner's balance, but the winner has spent money since.
#[derive(Debug, thiserror::Error)]
#[error("the payout of match {0} now fits into the balance")]
struct PayableAgain(MatchId);

/// Draws the match that a job names and pays its winner, once. Harmless when repeated. Keeps M3, M6, M7.
pub async fn handle(context: &Context, job: SettleJob, now: Timestamp) -> Result<JobDone, JobError> {
    let id = job.match_id;
    let settled = settle(context, job, now).await;
    settled.map_err(|error| error.as_cause_of(|source| SettlementFailed { id, source }))
}

async fn settle(context: &Context, job: SettleJob, now: Timestamp) -> Result<JobDone, JobError> {
    let SettleJob { match_id, round_id, winner } = job;
    let (found, wallet) = match winner {
        Some(user) => {
            let (found, wallet) = context.store.load_match_and_wallet(&round_id, match_id, user).await?;
            (found, Some(wallet))
        }
        None => (context.store.load_match(&round_id, match_id).await?, None),
    };
    let Some(found) = found else {
        return Err(JobError::permanent(SettleFault::UnknownMatch(match_id)));
    };
    match found.state {
        MatchState::Settled(_) | MatchState::Void => Ok(ended_before(context, &found, found.state)),
        MatchState::Drawn(outcome) => pay(context, &found, outcome, wallet, now).await,
        MatchState::Joined => draw(context, &found, now).await,
    }
}

/// Determines the winner of a joined match and stores it before any payment (M7), then pays.
async fn draw(context: &Context, joined: &Match, now: Timestamp) -> Result<JobDone, JobError> {
    let unknown_round = || JobError::permanent(SettleFault::UnknownRound(joined.round.clone()));
    let (round, seed) = context.store.load_round_and_seed(&joined.round).await?.ok_or_else(unknown_round)?;
    let winner = match round.verdict(joined, &seed) {
        MatchVerdict::Winner(winner) => winner,
        MatchVerdict::Void => return given_back(joined, &context.store.void_match(joined, now).await?),
        MatchVerdict::WrongSeed => {
            return Err(JobError::permanent(SettleFault::WrongSeed(joined.round.clone())));
        }
        MatchVerdict::Wait => return Ok(JobDone("waiting for the result of its round")),
    };
    match context.store.draw_match(joined, Outcome { winner, drawn_at: now }).await? {
        DrawOutcome::Drawn(outcome) | DrawOutcome::Before(MatchState::Drawn(outcome)) => {
            pay(context, joined, outcome, None, now).await
        }
        DrawOutcome::Before(state) => Ok(ended_before(context, joined, state)),
    }
}

/// The answer to a repeated job. Pages may not have been told of the end, if the attempt that made it was cut off.
fn ended_before(context: &Context, found: &Match, state: MatchState) -> JobDone {
    context.store.observe_end(found);
    match state {
        MatchState::Settled(_) => JobDone("settled before"),
        MatchState::Void | MatchState::Joined | MatchState::Drawn(_) => JobDone("voided before"),
    }
}

async fn pay(
    context: &Context,
    drawn: &Match,
    outcome: Outcome,
    wallet: Option<WalletSnapshot>,
    now: Timestamp,
) -> Result<JobDone, JobError> {
    match context.store.settle_match(drawn, outcome, wallet, now).await? {
        SettleOutcome::Settled(_) => Ok(JobDone("settled")),
        SettleOutcome::EndedBefore(MatchState::Void) => Ok(JobDone("voided before")),
        SettleOutcome::EndedBefore(_) => Ok(JobDone("settled before")),
        SettleOutcome::BalanceTooLarge => {
            given_back(drawn, &context.store.void_unpayable(drawn, outcome, now).await?)
        }
    }
}

/// The result of returning both stakes: the round was cancelled, or the payout can never be made (the emergency refund
/// of A24).
fn given_back(found: &Match, outcome: &VoidMatchOutcome) -> Result<JobDone, JobError> {
    match outcome {
        VoidMatchOutcome::Voided(_) => Ok(JobDone("voided")),
        VoidMatchOutcome::EndedBefore(MatchState::Void) => Ok(JobDone("voided before")),
        VoidMatchOutcome::EndedBefore(_) => Ok(JobDone("settled before")),
        VoidMatchOutcome::Payable => Err(JobError::retryable(PayableAgain(found.id))),
        VoidMatchOutcome::BalanceTooLarge => Err(JobError::permanent(SettleFault::BalanceTooLarge)),
    }
}
