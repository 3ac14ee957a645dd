//! One job: one round, some pages of its matches.

use crate::ending::{close_if_due, publish};
use evens_contracts::{FinishRoundJob, RefundJob, SettleJob};
use evens_exchange::{Draw, Match, MatchId, RefundReason, Round, RoundId, RoundState, Side, UnmatchedBet};
use evens_queues::Outgoing;
use evens_runtime::{Context, JobDone, JobError};
use jiff::{SignedDuration, Timestamp};

/// For how long after its end something may still be written into a round by a request or job that began before.
const LATE: SignedDuration = SignedDuration::from_mins(10);

/// How many matches are looked at in one page, and how many pages in one job.
const PAGE: u16 = 500;
const PAGES: usize = 10;

/// Why a round cannot be finished, whatever is tried.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FinishFault {
    #[error("the round {0} does not exist")]
    UnknownRound(RoundId),
    #[error("the round {0} has no seed")]
    NoSeed(RoundId),
    #[error("the seed of the round {0} is not the one whose hash it has carried since it opened")]
    WrongSeed(RoundId),
}

/// Brings a round to its end, step by step. Harmless when repeated. Keeps M6 and M7.
///
/// 1. it should have closed by now: it is closed
/// 2. it takes bets: done
/// 3. its seed is not public: its book is closed, bet by bet, and then its seed is published, with its outcome where
///    the seed says it
/// 4. what is left in it is asked for: refunds, and settlements
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
            Ok(JobDone("asked for a further page of what is left"))
        }
    };
    // A book that cannot be closed and a seed that cannot be published keep nobody's money: that was seen to first.
    published?;
    done
}

/// Looks at the whole round, as far as one job goes. It is finished when everything in it was seen to have ended, and
/// nothing can come late any more; what was seen to have ended until then is not looked at again. What cannot be read
/// is passed over, and has not been seen to end; and a book that cannot be read at all keeps no match from its payout.
async fn finish(
    context: &Context,
    round: &Round,
    ended_at: Timestamp,
    now: Timestamp,
) -> Result<JobDone, JobError> {
    let book = refund_book(context, round, now).await;
    if matches!((&round.state, &round.draw), (RoundState::Closed { .. }, Draw::Oracle(_))) {
        book?;
        return Ok(JobDone("waits for the word of its oracle"));
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
    Ok(JobDone("asked for what is left"))
}

/// What a walk over some pages of matches saw.
struct Walk {
    /// Up to which match all had ended.
    finished_through: Option<MatchId>,
    /// Whether one had not, or cannot be read.
    found_unfinished: bool,
    /// Where to go on, if there is more.
    next: Option<MatchId>,
}

/// Asks for the settlement of what has not ended; the settlement finds out whether it is to be paid or voided.
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

fn settlement(found: &Match, now: Timestamp) -> Outgoing {
    Outgoing::of(SettleJob::of_match(found)).nudged(minute(now))
}

/// Asks for the refund of what waits; says how much that was, with what cannot be read.
async fn refund_book(context: &Context, round: &Round, now: Timestamp) -> Result<usize, JobError> {
    let mut waiting = 0;
    for side in Side::ALL {
        let mut start = None;
        loop {
            let page = context.store.list_waiting(&round.id, side, start, PAGE).await?;
            let refund = |found: &UnmatchedBet| {
                Outgoing::of(RefundJob::of_waiting(found, RefundReason::RoundEnded)).nudged(minute(now))
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

/// Asks for the next pages, if there are any.
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

/// Asks for this job again, behind that match.
pub(crate) async fn ask_for(
    context: &Context,
    round: &Round,
    after_match: Option<MatchId>,
    nudge: u64,
) -> Result<(), JobError> {
    let job = FinishRoundJob { round_id: round.id.clone(), after_match };
    let outgoing = Outgoing::of(job).nudged(nudge);
    Ok(context.queues.send(vec![outgoing]).await?)
}

/// One number a minute: what is asked for again is not swallowed as a repeat, and not sent for each repeat of the job.
fn minute(now: Timestamp) -> u64 {
    now.as_second().unsigned_abs() / 60
}
