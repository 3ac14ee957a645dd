//! One job: one bet, as many opponents as it takes.

use crate::candidates::Candidates;
use crate::shared_view::SharedView;
use evens_contracts::{Job, MatchJob, RefundJob, SettleJob};
use evens_exchange::{
    BetId, Draw, Match, OpposedBets, Place, RefundReason, Round, RoundId, Seed, WaitingBet, join,
};
use evens_ledger::{UserId, Wallet};
use evens_queues::Outgoing;
use evens_runtime::telemetry::chain;
use evens_runtime::{Context, JobDone, JobError, JobHandler};
use evens_store::{JoinOutcome, PlaceFound};
use futures::future::BoxFuture;
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

/// Handles jobs. Those that clones of it work on at the same time keep out of each other's way.
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

/// Matches the bet that a job names with whoever waits on the other side. Harmless when repeated. Keeps M5.
///
/// - another job of this process has seen that nothing of it waits any more: done
/// - the job says where it waits, and nobody waits against it: done, whatever has become of it. Who comes later sees
///   it, if it still waits; and a round that has ended gives back what waits in it by itself
/// - the bet does not exist: permanent
/// - nothing of it waits any more: done
/// - its round has ended: its refund is asked for
/// - otherwise it is joined with candidate after candidate, until nothing of it or nobody is left. A match that is drawn
///   at once is settled with its join; where a wallet is in the way, its settlement is asked for
async fn handle(
    context: &Context,
    view: &SharedView,
    job: MatchJob,
    now: Timestamp,
) -> Result<JobDone, JobError> {
    let MatchJob { bet_id, user_id, place } = job;
    if view.is_gone(bet_id) {
        return Ok(JobDone("nothing waits"));
    }
    let place = place.map(Place::from);
    let against = |round: &RoundId, side| Candidates::against(&context.store, view, round.clone(), side);
    let mut seen = place.as_ref().map(|place| against(&place.round, place.side));
    let mut players = Vec::from_iter(user_id);
    if let Some(candidates) = &mut seen {
        let Some(first) = candidates.peek().await? else {
            return Ok(JobDone("waits for an opponent"));
        };
        players.extend((Some(first.user) != user_id).then_some(first.user));
    }
    let Some((waiting, mut table)) = find(context, bet_id, place, &players).await? else {
        return Ok(JobDone("nothing waits"));
    };
    if !table.round.takes_bets() {
        return ask_for_refund(context, &waiting).await;
    }
    let candidates = seen.filter(|candidates| candidates.are_against(&waiting));
    let candidates = candidates.unwrap_or_else(|| against(&waiting.round, waiting.side));
    let mut unsettled = Vec::new();
    let result = take_opponents(context, &mut table, waiting, candidates, &mut unsettled, now).await;
    send_settlements(context, &table.round, &unsettled).await;
    result
}

/// Where bets are joined: a round, and its secret; and the wallets of those who will probably be the first to be joined.
struct Table {
    round: Round,
    seed: Seed,
    wallets: Vec<Wallet>,
}

/// What of the bet waits, if anything does. Where nothing waits at the place that the job names, the bet says where it
/// is, and whether there is such a bet at all.
async fn find(
    context: &Context,
    bet_id: BetId,
    place: Option<Place>,
    players: &[UserId],
) -> Result<Option<(WaitingBet, Table)>, JobError> {
    if let Some(place) = &place
        && let Some(found) = find_at(context, bet_id, place, players).await?
    {
        return Ok(Some(found));
    }
    let unknown_bet = || JobError::permanent(MatchFault::UnknownBet(bet_id));
    let its_place = context.store.load_bet(bet_id).await?.ok_or_else(unknown_bet)?.place();
    if place.as_ref() == Some(&its_place) {
        return Ok(None);
    }
    find_at(context, bet_id, &its_place, players).await
}

async fn find_at(
    context: &Context,
    bet: BetId,
    place: &Place,
    players: &[UserId],
) -> Result<Option<(WaitingBet, Table)>, JobError> {
    let PlaceFound { waiting, round, wallets } = context.store.load_place(bet, place, players).await?;
    let Some(waiting) = waiting else { return Ok(None) };
    let unknown_round = || JobError::permanent(MatchFault::UnknownRound(place.round.clone()));
    let (round, seed) = round.ok_or_else(unknown_round)?;
    Ok(Some((waiting, Table { round, seed, wallets })))
}

async fn ask_for_refund(context: &Context, waiting: &WaitingBet) -> Result<JobDone, JobError> {
    let job = Job::Refund(RefundJob { bet_id: waiting.bet, reason: RefundReason::RoundEnded });
    context.queues.send(vec![Outgoing::new(job, waiting.user)]).await?;
    Ok(JobDone("the round has ended; refund asked for"))
}

/// How often one candidate is tried with what of it is left, before the next one is.
const TRIES_MAX: usize = 3;

/// What became of one candidate.
enum Taken {
    /// It is joined with the bet.
    Joined {
        /// Their match, where it is not settled yet.
        unsettled: Option<Match>,
        /// Whether nothing of the candidate is left.
        is_used_up: bool,
    },
    /// Nobody plays against himself.
    SameUser,
    /// Nothing of it waits any more.
    Gone,
    /// Somebody else is taking it at the moment.
    Busy,
    /// Nothing of the bet itself waits any more.
    OwnGone,
}

/// Joins the bet with candidates until nothing of it waits, or there are no more. Which of their matches are still to be
/// settled is in `unsettled` even if it ends with an error.
async fn take_opponents(
    context: &Context,
    table: &mut Table,
    mut own: WaitingBet,
    mut candidates: Candidates<'_>,
    unsettled: &mut Vec<Match>,
    now: Timestamp,
) -> Result<JobDone, JobError> {
    let (mut busy, mut has_joined) = (false, false);
    while let Some((candidate, _held)) = candidates.next().await? {
        match take(context, table, &mut own, candidate.clone(), now).await? {
            Taken::Joined { unsettled: left, is_used_up } => {
                has_joined = true;
                unsettled.extend(left);
                candidates.forget(&own);
                if is_used_up {
                    candidates.note_gone(&candidate);
                } else {
                    candidates.forget(&candidate);
                }
            }
            Taken::Gone => candidates.note_gone(&candidate),
            Taken::SameUser => {}
            Taken::Busy => {
                busy = true;
                candidates.scatter();
            }
            Taken::OwnGone => return Ok(JobDone("matched by others")),
        }
        if own.open.is_zero() {
            return Ok(JobDone("matched"));
        }
    }
    match (busy, has_joined) {
        (true, _) => Err(JobError::retryable(AllBusy(own.bet))),
        (false, false) => Ok(JobDone("waits for an opponent")),
        (false, true) => Ok(JobDone("matched in part")),
    }
}

/// Joins the bet with one candidate. One that somebody else has taken in part is tried again with what of it is left:
/// passed over, the two could both be left waiting, as the other's job may have looked before this bet was there.
async fn take(
    context: &Context,
    table: &mut Table,
    own: &mut WaitingBet,
    mut candidate: WaitingBet,
    now: Timestamp,
) -> Result<Taken, JobError> {
    for _ in 0..TRIES_MAX {
        let Ok(pair) = OpposedBets::of(own, &candidate) else {
            return Ok(Taken::SameUser);
        };
        let plan = table.round.draw_with(join(&pair, now), &table.seed);
        // They are good for one attempt: what is read for the next one is newer.
        let wallets = std::mem::take(&mut table.wallets);
        match context.store.join_and_settle(&plan, own.side, &table.round.draw, &wallets, now).await? {
            outcome @ (JoinOutcome::Joined | JoinOutcome::Settled) => {
                own.open = own.open.saturating_sub(plan.bet_match.amount);
                let is_used_up = candidate.open == plan.bet_match.amount;
                let is_settled = outcome == JoinOutcome::Settled;
                let unsettled = (!is_settled).then_some(plan.bet_match);
                return Ok(Taken::Joined { unsettled, is_used_up });
            }
            JoinOutcome::Busy => return Ok(Taken::Busy),
            JoinOutcome::Changed { side, waiting: Some(left) } if side == own.side => *own = left,
            JoinOutcome::Changed { side, waiting: None } if side == own.side => {
                return Ok(Taken::OwnGone);
            }
            JoinOutcome::Changed { waiting: Some(left), .. } => candidate = left,
            JoinOutcome::Changed { waiting: None, .. } => return Ok(Taken::Gone),
        }
    }
    Ok(Taken::Busy)
}

/// Asks for the settlement of what was only joined. If that fails the sweeper finds the matches, so the job is done anyway.
async fn send_settlements(context: &Context, round: &Round, unsettled: &[Match]) {
    if round.draw != Draw::Match || unsettled.is_empty() {
        return;
    }
    let settlement =
        |bet_match: &Match| Outgoing::new(Job::Settle(SettleJob::from(bet_match)), bet_match.user_a);
    if let Err(error) = context.queues.send(unsettled.iter().map(settlement).collect()).await {
        tracing::warn!(error = chain(&error), "round.id" = %round.id, "Could not ask for {} settlements; the sweeper will", unsettled.len());
    }
}
