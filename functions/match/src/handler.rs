//! One job: one bet, as many opponents as it takes.

use crate::candidates::Candidates;
use evens_contracts::{Job, JobFault, MatchJob, Queue, RefundJob, SettleJob};
use evens_exchange::{BetId, Draw, Join, Match, OpposedBets, RefundReason, Round, RoundId, WaitingBet, join};
use evens_queues::Outgoing;
use evens_runtime::{Context, JobDone, JobError};
use evens_store::JoinOutcome;
use jiff::Timestamp;

/// Why a bet cannot be matched, whatever is tried.
#[derive(Debug, thiserror::Error)]
enum MatchFault {
    #[error("the bet {0} does not exist")]
    UnknownBet(BetId),
    #[error("the round {0} of a waiting bet does not exist")]
    UnknownRound(RoundId),
}

/// Somebody else was writing every candidate that was left.
#[derive(Debug, thiserror::Error)]
#[error("all candidates of the bet {0} are being taken by others at the moment")]
struct AllBusy(BetId);

/// Matches the bet that a job names with whoever waits on the other side. Harmless when repeated. Keeps M5.
///
/// - the bet does not exist: permanent
/// - nothing of it waits any more: done
/// - its round has ended: its refund is asked for
/// - otherwise it is joined with candidate after candidate, until nothing of it or nobody is left; each match is
///   settled at once if it is drawn at once
pub async fn handle(context: &Context, job: Job, now: Timestamp) -> Result<JobDone, JobError> {
    let Job::Match(MatchJob { bet_id }) = job else {
        return Err(JobFault::WrongQueue { job: job.id(), queue: Queue::Match.name() }.into());
    };
    let unknown_bet = || JobError::permanent(MatchFault::UnknownBet(bet_id));
    let bet = context.store.load_bet(bet_id).await?.ok_or_else(unknown_bet)?;
    let (waiting, round) = context.store.load_place(&bet).await?;
    let Some(waiting) = waiting else {
        return Ok(JobDone("nothing waits"));
    };
    let unknown_round = || JobError::permanent(MatchFault::UnknownRound(bet.round.clone()));
    let round = round.ok_or_else(unknown_round)?;
    if !round.takes_bets() {
        return ask_for_refund(context, &waiting).await;
    }
    let mut joined = Vec::new();
    let result = take_opponents(context, &round, waiting, &mut joined, now).await;
    send_settlements(context, &round, &joined).await;
    result
}

async fn ask_for_refund(context: &Context, waiting: &WaitingBet) -> Result<JobDone, JobError> {
    let job = Job::Refund(RefundJob { bet_id: waiting.bet, reason: RefundReason::RoundEnded });
    context.queues.send(vec![Outgoing::new(job, waiting.user)]).await?;
    Ok(JobDone("the round has ended; refund asked for"))
}

/// Joins the bet with candidates until nothing of it waits, or there are no more. What it joined is in `joined` even
/// if it ends with an error.
async fn take_opponents(
    context: &Context,
    round: &Round,
    mut own: WaitingBet,
    joined: &mut Vec<Match>,
    now: Timestamp,
) -> Result<JobDone, JobError> {
    let start = own.clone();
    let mut candidates = Candidates::new(&context.store, &start);
    let mut busy = false;
    while let Some(candidate) = candidates.next().await? {
        let Ok(pair) = OpposedBets::of(&own, &candidate) else {
            continue; // of the same user: nobody plays against himself
        };
        let plan = join(&pair, now);
        match context.store.join_bets(&plan, &round.draw).await? {
            JoinOutcome::Joined => {
                own.open = remaining(&plan, &own);
                joined.push(plan.bet_match);
            }
            JoinOutcome::Changed(side) if side == own.side => match reload(context, &own).await? {
                Some(read) => own = read,
                None => return Ok(JobDone("matched by others")),
            },
            JoinOutcome::Changed(_) => candidates.scatter(),
            JoinOutcome::Busy => {
                busy = true;
                candidates.scatter();
            }
        }
        if own.open.is_zero() {
            return Ok(JobDone("matched"));
        }
    }
    match (busy, joined.is_empty()) {
        (true, _) => Err(JobError::retryable(AllBusy(own.bet))),
        (false, true) => Ok(JobDone("waits for an opponent")),
        (false, false) => Ok(JobDone("matched in part")),
    }
}

fn remaining(plan: &Join, own: &WaitingBet) -> evens_ledger::Amount {
    if plan.a.0.bet == own.bet { plan.a.1 } else { plan.b.1 }
}

/// What of the bet waits now that somebody else has changed it.
async fn reload(context: &Context, own: &WaitingBet) -> Result<Option<WaitingBet>, JobError> {
    Ok(context.store.load_waiting_again(own).await?)
}

/// Asks for the settlement of what was joined. If that fails the sweeper finds the matches, so the job is done anyway.
async fn send_settlements(context: &Context, round: &Round, joined: &[Match]) {
    if round.draw != Draw::Match || joined.is_empty() {
        return;
    }
    let settlement = |bet_match: &Match| {
        let job = SettleJob { match_id: bet_match.id, round_id: bet_match.round.clone() };
        Outgoing::new(Job::Settle(job), bet_match.user_a)
    };
    if let Err(error) = context.queues.send(joined.iter().map(settlement).collect()).await {
        tracing::warn!(%error, "round.id" = %round.id, "Could not ask for {} settlements; the sweeper will", joined.len());
    }
}
