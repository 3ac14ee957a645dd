//! Handles one job: one bet, as many opponents as it needs.

use crate::candidates::Candidates;
use crate::shared_view::SharedView;
use evens_contracts::{MatchJob, RefundJob, SettleJob};
use evens_draws::Seed;
use evens_exchange::{
    BookPosition, Draw, Match, OpposedBets, RefundReason, Round, RoundId, UnmatchedBet, join,
};
use evens_idempotency::BetId;
use evens_ledger::UserId;
use evens_queues::OutgoingJob;
use evens_runtime::{Context, JobDone, JobError, JobHandler};
use evens_store::{JoinOutcome, MatchingState, WalletSnapshot};
use futures::future::BoxFuture;
use jiff::Timestamp;

/// Permanent failures: a retry cannot succeed.
#[derive(Debug, thiserror::Error)]
enum MatchFault {
    #[error("the bet {0} does not exist")]
    UnknownBet(BetId),
    #[error("the round {0} of an unmatched bet does not exist")]
    UnknownRound(RoundId),
}

/// Every remaining candidate was being written by another request.
#[derive(Debug, thiserror::Error)]
#[error("all candidates of the bet {0} are being matched by other jobs")]
struct AllBusy(BetId);

/// Handles match jobs. Clones share a view of the books and avoid each other's candidates.
#[derive(Debug, Clone, Default)]
pub struct Matcher {
    view: SharedView,
}

impl<'a> JobHandler<'a, MatchJob> for Matcher {
    type Handling = BoxFuture<'a, Result<JobDone, JobError>>;

    fn handle(&self, context: &'a Context, job: MatchJob, now: Timestamp) -> Self::Handling {
        let view = self.view.clone();
        Box::pin(async move { handle(context, &view, job, now).await })
    }
}

/// Matches the bet that a job names with unmatched bets on the other side. Harmless when repeated. Keeps M5.
///
/// - another job of this process saw that the bet is fully matched or closed: done
/// - the job names the bet's place, and no bet waits opposite to it: done, whatever the bet's state. A later bet finds
///   it if it is still unmatched, and an ended round refunds its unmatched bets itself
/// - the bet does not exist: permanent
/// - nothing of it is unmatched: done
/// - its round has ended: a refund is requested
/// - its unmatched part is below the minimum of its round: a refund is requested
/// - its player is excluded or blocked: a refund is requested. The same applies to a candidate, which is skipped
/// - otherwise it is joined with one candidate after another until it is matched, the candidates end, or
///   [`CANDIDATES_MAX`] were tried. In the last case the job sends itself again. A match that is drawn at once is
///   settled with its join, or by a settlement job if a wallet prevents that. A rest below the minimum is refunded
///
/// A join that comes after its round has closed finds both bets closed (decision 018). The bet itself was placed before
/// this job was sent, so before the round is read here. If that read finds the round open, the bet was placed while it
/// was open.
async fn handle(
    context: &Context,
    view: &SharedView,
    job: MatchJob,
    now: Timestamp,
) -> Result<JobDone, JobError> {
    let MatchJob { bet_id, user_id, place } = job;
    if view.is_gone(bet_id) {
        return Ok(JobDone("nothing unmatched"));
    }
    let place = place.map(BookPosition::from);
    let against = |round: &RoundId, side| Candidates::against(&context.store, view, round.clone(), side);
    let mut seen = place.as_ref().map(|place| against(&place.round, place.side));
    let mut players = Vec::from_iter(user_id);
    if let Some(candidates) = &mut seen {
        let Some(first) = candidates.peek().await? else {
            return Ok(JobDone("waiting for an opponent"));
        };
        players.extend((Some(first.user) != user_id).then_some(first.user));
    }
    let Some((waiting, mut round_snapshot)) = find(context, view, bet_id, place, &players).await? else {
        return Ok(JobDone("nothing unmatched"));
    };
    if !round_snapshot.round.takes_bets(now) {
        return ask_for_refund(context, &waiting, RefundReason::RoundEnded).await;
    }
    if waiting.is_too_small(round_snapshot.round.stake_min) {
        return ask_for_refund(context, &waiting, RefundReason::TooSmall).await;
    }
    let candidates = seen.filter(|candidates| candidates.are_against(&waiting));
    let candidates = candidates.unwrap_or_else(|| against(&waiting.round, waiting.side));
    let mut follow_up = FollowUpJobs::default();
    let result = take_opponents(context, &mut round_snapshot, waiting, candidates, &mut follow_up).await;
    follow_up.send(context, &round_snapshot.round).await;
    result
}

/// The data that joins need: the round, its seed if matches are drawn with their join, and the wallets of the players
/// most likely to be joined first.
struct RoundSnapshot {
    round: Round,
    seed: Option<Seed>,
    wallets: Vec<WalletSnapshot>,
}

/// The unmatched part of the bet, or `None`. If nothing is unmatched at the place that the job names, loads the bet for
/// its place, and fails if there is no such bet.
async fn find(
    context: &Context,
    view: &SharedView,
    bet_id: BetId,
    place: Option<BookPosition>,
    players: &[UserId],
) -> Result<Option<(UnmatchedBet, RoundSnapshot)>, JobError> {
    if let Some(place) = &place
        && let Some(found) = find_at(context, view, bet_id, place, players).await?
    {
        return Ok(Some(found));
    }
    let unknown_bet = || JobError::permanent(MatchFault::UnknownBet(bet_id));
    let its_place = context.store.load_bet(bet_id).await?.ok_or_else(unknown_bet)?.place();
    if place.as_ref() == Some(&its_place) {
        return Ok(None);
    }
    find_at(context, view, bet_id, &its_place, players).await
}

/// Matches of a round that is drawn as a whole or by an oracle do not need the seed, so it is not read. The kind of
/// draw never changes. From the second job of a round on, a seed that is needed is read together with the place.
async fn find_at(
    context: &Context,
    view: &SharedView,
    bet: BetId,
    place: &BookPosition,
    players: &[UserId],
) -> Result<Option<(UnmatchedBet, RoundSnapshot)>, JobError> {
    let with_seed = view.draws_matches(&place.round);
    let found = context.store.load_place(bet, place, players, with_seed).await?;
    let MatchingState { waiting, round, mut seed, wallets } = found;
    let Some(waiting) = waiting else { return Ok(None) };
    let unknown_round = || JobError::permanent(MatchFault::UnknownRound(place.round.clone()));
    let round = round.ok_or_else(unknown_round)?;
    if round.draw == Draw::Match && seed.is_none() {
        view.note_draws_matches(&round.id);
        seed = Some(context.store.load_seed_of(&round).await?);
    }
    Ok(Some((waiting, RoundSnapshot { round, seed, wallets })))
}

async fn ask_for_refund(
    context: &Context,
    waiting: &UnmatchedBet,
    reason: RefundReason,
) -> Result<JobDone, JobError> {
    context.queues.send(vec![refund(waiting, reason)]).await?;
    Ok(JobDone("cannot be matched; sent the refund job"))
}

fn refund(waiting: &UnmatchedBet, reason: RefundReason) -> OutgoingJob {
    OutgoingJob::of(RefundJob::of_waiting(waiting, reason))
}

/// Attempts with one candidate, each with the part of it that is left.
const TRIES_MAX: usize = 3;

/// Maximum number of candidates that one job tries. Then it sends itself again, so that it stays within its time limit.
const CANDIDATES_MAX: usize = 200;

/// The result of trying one candidate.
enum CandidateOutcome {
    /// The bet and the candidate are joined.
    Joined {
        /// The match, if it is not settled yet.
        unsettled: Option<Box<Match>>,
        /// The unmatched rest of the candidate.
        rest: Box<UnmatchedBet>,
    },
    /// The candidate belongs to the same user, or its rest is below the minimum.
    NotOpposed,
    /// The candidate cannot be matched any longer.
    Gone,
    /// The candidate's player is excluded or blocked.
    Barred(Box<UnmatchedBet>),
    /// Another request is writing the candidate.
    Busy,
    /// The bet itself cannot be matched any longer.
    OwnGone,
    /// The player of the bet itself is excluded or blocked.
    OwnBarred,
}

/// Jobs that follow from joins. They are sent even if this job fails.
#[derive(Debug, Default)]
struct FollowUpJobs {
    /// Matches without a settlement.
    unsettled: Vec<Match>,
    /// Bets that can no longer be matched.
    refunds: Vec<(UnmatchedBet, RefundReason)>,
    /// The bet itself, if there may be more candidates than one job tries.
    unfinished: Option<UnmatchedBet>,
}

/// Joins the bet with candidates until it is matched, no candidate is left, or [`CANDIDATES_MAX`] were tried.
async fn take_opponents(
    context: &Context,
    round_snapshot: &mut RoundSnapshot,
    mut own: UnmatchedBet,
    mut candidates: Candidates<'_>,
    follow_up: &mut FollowUpJobs,
) -> Result<JobDone, JobError> {
    let (mut busy, mut has_joined, mut tried) = (false, false, 0);
    let stake_min = round_snapshot.round.stake_min;
    while let Some((candidate, _claim)) = candidates.next().await? {
        if tried == CANDIDATES_MAX {
            follow_up.unfinished = Some(own);
            return Ok(JobDone("partly matched; sent the job for more"));
        }
        tried += 1;
        match take(context, round_snapshot, &mut own, candidate.clone()).await? {
            CandidateOutcome::Joined { unsettled: left, rest } => {
                has_joined = true;
                follow_up.unsettled.extend(left.map(|left| *left));
                candidates.forget(&own);
                if rest.open.is_zero() {
                    candidates.note_gone(&candidate);
                } else {
                    candidates.forget(&candidate);
                    let too_small = Some(*rest).filter(|rest| rest.is_too_small(stake_min));
                    follow_up.refunds.extend(too_small.map(|rest| (rest, RefundReason::TooSmall)));
                }
            }
            CandidateOutcome::Gone => candidates.note_gone(&candidate),
            CandidateOutcome::NotOpposed => tried -= 1,
            CandidateOutcome::Busy => {
                busy = true;
                candidates.scatter();
            }
            CandidateOutcome::Barred(candidate) => {
                candidates.forget(&candidate);
                follow_up.refunds.push((*candidate, RefundReason::Barred));
            }
            CandidateOutcome::OwnGone => return Ok(JobDone("matched by other jobs")),
            CandidateOutcome::OwnBarred => {
                follow_up.refunds.push((own, RefundReason::Barred));
                return Ok(JobDone("the player is excluded or blocked; sent the refund job"));
            }
        }
        if own.open.is_zero() {
            return Ok(JobDone("matched"));
        }
        if own.is_too_small(stake_min) {
            follow_up.refunds.push((own, RefundReason::TooSmall));
            return Ok(JobDone("matched; the rest is too small and is refunded"));
        }
    }
    // A job without a join would only try the same candidates again. The sweeper retries that bet in a minute.
    if has_joined && candidates.are_there_more() {
        follow_up.unfinished = Some(own);
        return Ok(JobDone("sent the job for more candidates"));
    }
    match (busy, has_joined) {
        (true, _) => Err(JobError::retryable(AllBusy(own.bet))),
        (false, false) => Ok(JobDone("waiting for an opponent")),
        (false, true) => Ok(JobDone("partly matched")),
    }
}

/// Joins the bet with one candidate. A candidate that was matched in part meanwhile is retried with its rest. If it
/// were skipped, both bets could stay unmatched, because the other bet's job may have read the book before this bet was
/// in it.
async fn take(
    context: &Context,
    round_snapshot: &mut RoundSnapshot,
    own: &mut UnmatchedBet,
    mut candidate: UnmatchedBet,
) -> Result<CandidateOutcome, JobError> {
    for _ in 0..TRIES_MAX {
        let Ok(pair) = OpposedBets::of(own, &candidate, round_snapshot.round.stake_min) else {
            return Ok(CandidateOutcome::NotOpposed);
        };
        // Read the clock for each attempt, so that the auditor can compare it with the close of the round.
        let now = context.clock.now();
        let plan = join(&pair, now);
        let plan = match &round_snapshot.seed {
            Some(seed) => round_snapshot.round.draw_with(plan, seed),
            None => plan,
        };
        // Used once: a retry reads newer wallets.
        let wallets = std::mem::take(&mut round_snapshot.wallets);
        match context
            .store
            .join_and_settle(&plan, own.side, &round_snapshot.round.draw, &wallets, now)
            .await?
        {
            outcome @ (JoinOutcome::Joined | JoinOutcome::Settled) => {
                own.open = own.open.saturating_sub(plan.bet_match.amount);
                let open = candidate.open.saturating_sub(plan.bet_match.amount);
                let is_settled = outcome == JoinOutcome::Settled;
                let unsettled = (!is_settled).then(|| Box::new(plan.bet_match));
                let rest = Box::new(UnmatchedBet { open, ..candidate });
                return Ok(CandidateOutcome::Joined { unsettled, rest });
            }
            JoinOutcome::Busy => return Ok(CandidateOutcome::Busy),
            JoinOutcome::Barred { side } if side == own.side => return Ok(CandidateOutcome::OwnBarred),
            JoinOutcome::Barred { .. } => return Ok(CandidateOutcome::Barred(Box::new(candidate))),
            JoinOutcome::Changed { side, waiting: Some(left) } if side == own.side => *own = left,
            JoinOutcome::Changed { side, waiting: None } if side == own.side => {
                return Ok(CandidateOutcome::OwnGone);
            }
            JoinOutcome::Changed { waiting: Some(left), .. } => candidate = left,
            JoinOutcome::Changed { waiting: None, .. } => return Ok(CandidateOutcome::Gone),
        }
    }
    Ok(CandidateOutcome::Busy)
}

impl FollowUpJobs {
    /// Sends the jobs. If that fails, the sweeper finds the matches and bets, so this job is done anyway.
    async fn send(self, context: &Context, round: &Round) {
        let settlement = |found: &Match| OutgoingJob::of(SettleJob::of_match(found));
        let mut jobs = Vec::new();
        if round.draw == Draw::Match {
            jobs.extend(self.unsettled.iter().map(settlement));
        }
        jobs.extend(self.refunds.iter().map(|(bet, reason)| refund(bet, *reason)));
        // The current time as nudge gives a new deduplication id. SQS would drop a repeat of this job's own id.
        let nudge = context.clock.now().as_millisecond().unsigned_abs();
        let more = |own: &UnmatchedBet| OutgoingJob::of(MatchJob::of_waiting(own)).nudged(nudge);
        jobs.extend(self.unfinished.as_ref().map(more));
        if jobs.is_empty() {
            return;
        }
        let (count, round) = (jobs.len(), &round.id);
        context.ask_for(jobs, || format!("{count} bets or matches in round {round}")).await;
    }
}
