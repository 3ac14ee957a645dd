//! Handles one job: one round, a few pages of its matches.

use crate::ending::{close_if_due, publish};
use evens_contracts::{FinishRoundJob, RefundJob, SettleJob};
use evens_exchange::{Draw, Match, MatchId, RefundReason, Round, RoundId, RoundState, Side, UnmatchedBet};
use evens_queues::{OutgoingJob, minute};
use evens_runtime::{Context, JobDone, JobError};
use jiff::{SignedDuration, Timestamp};

/// Time after the end of a round in which an earlier request or job may still write into it.
const LATE: SignedDuration = SignedDuration::from_mins(10);

/// Matches per page, and pages per job.
const PAGE: u16 = 500;
const PAGES: usize = 10;

/// Permanent failures: a retry cannot succeed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FinishFault {
    #[error("the round {0} does not exist")]
    UnknownRound(RoundId),
    #[error("the round {0} has no seed")]
    NoSeed(RoundId),
    #[error("the seed of the round {0} does not match the hash published when it opened")]
    WrongSeed(RoundId),
}

/// Brings a round to its end, step by step. Harmless when repeated. Keeps M6 and M7.
///
/// 1. its latest closing time has passed: close it
/// 2. it still takes bets: done
/// 3. its seed is not public: close its book bet by bet, then publish the seed, with the outcome if the seed decides it
/// 4. send the refunds and settlements that are still due
pub async fn handle(context: &Context, job: FinishRoundJob, now: Timestamp) -> Result<JobDone, JobError> {
    let FinishRoundJob { round_id, after_match } = job;
    let unknown_round = || JobError::permanent(FinishFault::UnknownRound(round_id.clone()));
    let round = context.store.load_round(&round_id).await?.ok_or_else(unknown_round)?;
    let round = close_if_due(context, round, now).await?;
    let Some(ended_at) = round.state.ended_at() else {
        return Ok(JobDone("the round is open"));
    };
    let (round, published) = publish(context, round, ended_at).await;
    let done = match after_match {
        None => finish(context, &round, ended_at, now).await,
        Some(after) => {
            let walk = walk_matches(context, &round, Some(after), now).await?;
            walk_on(context, &round, walk.next, now).await?;
            Ok(JobDone("sent the job for the next page"))
        }
    };
    // Pay first: an unreadable book or seed must not block settlements.
    published?;
    done
}

/// Walks the whole round, as far as one job gets. The round is finished once everything in it has ended and no late
/// write is possible. After that moment, matches known to have ended are not read again. Unreadable items are skipped
/// and count as unfinished. An unreadable book does not block the settlement of matches.
async fn finish(
    context: &Context,
    round: &Round,
    ended_at: Timestamp,
    now: Timestamp,
) -> Result<JobDone, JobError> {
    let book = refund_book(context, round, now).await;
    if matches!((&round.state, &round.draw), (RoundState::Closed { .. }, Draw::Oracle(_))) {
        book?;
        return Ok(JobDone("waiting for the oracle's result"));
    }
    let start = context.store.load_finish_progress(&round.id).await?;
    let walk = walk_matches(context, round, start, now).await?;
    let is_late = now.duration_since(ended_at) >= LATE;
    if is_late && matches!(book, Ok(0)) && walk.next.is_none() && !walk.found_unfinished {
        context.store.finish_round(round).await?;
        return Ok(JobDone("finished"));
    }
    if let (true, Some(through)) = (is_late, walk.finished_through) {
        context.store.save_finish_progress(round, through).await?;
    }
    walk_on(context, round, walk.next, now).await?;
    book?;
    Ok(JobDone("sent the remaining jobs"))
}

/// The result of a walk over some pages of matches.
struct Walk {
    /// All matches up to this one have ended.
    finished_through: Option<MatchId>,
    /// `true` if a match has not ended or cannot be read.
    found_unfinished: bool,
    /// Start of the next page, if there is one.
    next: Option<MatchId>,
}

/// Sends a settlement job for every match that has not ended. The settlement decides whether to pay or void it.
async fn walk_matches(
    context: &Context,
    round: &Round,
    start: Option<MatchId>,
    now: Timestamp,
) -> Result<Walk, JobError> {
    let mut walk = Walk { finished_through: None, found_unfinished: false, next: start };
    for _ in 0..PAGES {
        let page = context.store.list_readable_matches(&round.id, walk.next, PAGE).await?;
        let unfinished: Vec<_> = page.matches.iter().filter(|found| !found.state.is_final()).collect();
        walk.found_unfinished |= !unfinished.is_empty() || page.left_out > 0;
        let jobs = unfinished.into_iter().map(|found| settlement(found, now)).collect();
        context.queues.send(jobs).await?;
        walk.next = page.next_after;
        if !walk.found_unfinished {
            walk.finished_through = walk.next;
        }
        if walk.next.is_none() {
            break;
        }
    }
    Ok(walk)
}

fn settlement(found: &Match, now: Timestamp) -> OutgoingJob {
    OutgoingJob::of(SettleJob::of_match(found)).nudged(minute(now))
}

/// Sends a refund job for every unmatched bet. Returns their number, unreadable ones included.
async fn refund_book(context: &Context, round: &Round, now: Timestamp) -> Result<usize, JobError> {
    let mut waiting = 0;
    for side in Side::ALL {
        let mut start = None;
        loop {
            let page = context.store.list_waiting(&round.id, side, start, PAGE).await?;
            let refund = |found: &UnmatchedBet| {
                OutgoingJob::of(RefundJob::of_waiting(found, RefundReason::RoundEnded)).nudged(minute(now))
            };
            context.queues.send(page.found.iter().map(refund).collect()).await?;
            waiting += page.found.len() + page.left_out;
            start = page.next;
            if start.is_none() {
                break;
            }
        }
    }
    Ok(waiting)
}

async fn walk_on(
    context: &Context,
    round: &Round,
    next: Option<MatchId>,
    now: Timestamp,
) -> Result<(), JobError> {
    if next.is_none() {
        return Ok(());
    }
    ask_for(context, round, next, minute(now)).await
}

/// Sends this job again, to continue after `after_match`.
pub(crate) async fn ask_for(
    context: &Context,
    round: &Round,
    after_match: Option<MatchId>,
    nudge: u64,
) -> Result<(), JobError> {
    let job = FinishRoundJob { round_id: round.id.clone(), after_match };
    let outgoing = OutgoingJob::of(job).nudged(nudge);
    Ok(context.queues.send(vec![outgoing]).await?)
}
