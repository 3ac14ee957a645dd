use crate::RoundOpener;
use crate::under_way::{PlacementUnderWay, PlacementsUnderWay};
use axum::extract::Extension;
use axum::http::StatusCode;
use axum::{Router, routing};
use evens_contracts::{
    MatchJob, PlaceBetAnswer, PlaceBetRequest, Problem, ProblemKind, barred, over_own_limits, time_in_words,
};
use evens_exchange::{Bet, BettingLimits, Draw, PlaceBet, PlaceBetOutcome, Round, RoundTerms};
use evens_exclusion_register::Exclusions;
use evens_http::{Answer, Caller, IdempotencyKeyHeader, JsonBody, Refusal, RequestId, TracedContext};
use evens_idempotency::BetId;
use evens_queues::OutgoingJob;
use evens_runtime::Context;
use evens_runtime::tokens::Role;
use evens_switches::SwitchName;

/// `exclusions` decides who may bet, and `opener` who opens rounds.
pub fn router(exclusions: Exclusions, opener: RoundOpener) -> Router<Context> {
    Router::new().route("/api/bets", routing::post(place_bet)).layer(Extension(Shared {
        under_way: PlacementsUnderWay::default(),
        exclusions,
        opener,
    }))
}

/// State shared by all requests.
#[derive(Clone)]
struct Shared {
    under_way: PlacementsUnderWay,
    exclusions: Exclusions,
    opener: RoundOpener,
}

async fn place_bet(
    TracedContext(context): TracedContext,
    Extension(shared): Extension<Shared>,
    Extension(request_id): Extension<RequestId>,
    caller: Caller,
    key: IdempotencyKeyHeader,
    JsonBody(body): JsonBody,
) -> Result<Answer<PlaceBetAnswer>, Refusal> {
    let request = PlaceBetRequest::parse(&body)?;
    let key = key.key_or_id_of(&request_id)?;
    caller.require_self(request.user_id)?;
    let placement = shared.under_way.begin();
    let command = PlaceBet {
        bet: BetId::derive(caller.user, &key),
        user: caller.user,
        round: request.round_id,
        side: request.side,
        stake: request.amount,
        nonce: context.entropy.nonce()?,
        by_staff: caller.role != Role::Player,
        barred: shared.exclusions.barred(caller.user).await,
        session_started_at: caller.session_started_at,
        session_epoch: caller.session_epoch,
    };
    let stopped =
        context.stopped_by(SwitchName::Bets).await.map_err(|error| about_bet(error, command.bet))?;
    let outcome = place(&context, shared.opener, &command, stopped.is_none()).await?;
    let (bet, is_replay) = accepted(&command, outcome, stopped)?;
    ask_for_match(&context, &bet, &placement).await;
    Ok(Answer::new(StatusCode::ACCEPTED, PlaceBetAnswer::from(&bet)).replayed(is_replay))
}

/// Places the bet. If bets may open rounds, a valid bet opens the round that it names.
async fn place(
    context: &Context,
    opener: RoundOpener,
    command: &PlaceBet,
    is_open: bool,
) -> Result<PlaceBetOutcome, Refusal> {
    let Context { store, settings, clock, .. } = context;
    let about_bet = |error| about_bet(error, command.bet);
    let limits = BettingLimits { is_open: settings.betting.is_open && is_open, ..settings.betting };
    let outcome = store.place_bet(command, limits, clock.now()).await.map_err(about_bet)?;
    if outcome != PlaceBetOutcome::UnknownRound || opener != RoundOpener::Bets {
        return Ok(outcome);
    }
    let seed = context.entropy.seed()?;
    let terms = RoundTerms {
        commission: settings.bets.commission,
        ..RoundTerms::endless(command.round.clone(), Draw::Match, settings.betting.stake_min)
    };
    store.open_round(Round::open(terms, &seed, clock.now()), &seed).await.map_err(about_bet)?;
    store.place_bet(command, limits, clock.now()).await.map_err(about_bet)
}

/// A client that sent no key learns the bet id, so that it can look the bet up if the outcome is unknown.
fn about_bet(error: evens_store::StoreError, bet: BetId) -> Refusal {
    Refusal(Refusal::from(error).0.about_bet(bet))
}

/// The accepted bet and whether it is a repeat, or the reason for the refusal. `stopped` is the switch that stops bets.
fn accepted(
    command: &PlaceBet,
    outcome: PlaceBetOutcome,
    stopped: Option<SwitchName>,
) -> Result<(Bet, bool), Problem> {
    match outcome {
        PlaceBetOutcome::Placed(placement) => Ok((placement.bet, false)),
        PlaceBetOutcome::PlacedBefore(bet) => Ok((*bet, true)),
        PlaceBetOutcome::SessionEnded => Err(Problem::sessions_ended()),
        PlaceBetOutcome::AccountBlocked => Err(Problem::blocked()),
        PlaceBetOutcome::KeyUsedForAnotherBody { bet } => {
            let detail =
                format!("The Idempotency-Key was already used for another bet, {bet}. Use a new key.");
            Err(Problem::new(ProblemKind::IdempotencyKeyReused, detail)
                .about_field("Idempotency-Key")
                .about_bet(bet))
        }
        PlaceBetOutcome::Barred(by) => Err(barred(by)),
        PlaceBetOutcome::BetsOff => Err(stopped.map_or_else(Problem::bets_off, Problem::paused)),
        PlaceBetOutcome::RoundNotOpen { state } => {
            let detail = format!(
                "Round {} takes no bets: it is {}. Choose an open round.",
                command.round,
                state.as_str()
            );
            Err(Problem::new(ProblemKind::RoundState, detail).about_field("roundId"))
        }
        PlaceBetOutcome::RoundPastClosing { closes_by } => {
            let detail = format!(
                "Round {} takes no bets: it closed at {}. Choose an open round.",
                command.round,
                time_in_words(closes_by)
            );
            Err(Problem::new(ProblemKind::RoundState, detail).about_field("roundId"))
        }
        PlaceBetOutcome::RunsRound => {
            let detail =
                format!("Staff accounts cannot bet in round {}, which operators run.", command.round);
            Err(Problem::new(ProblemKind::Forbidden, detail).about_field("roundId"))
        }
        PlaceBetOutcome::StakeTooFine { decimals } => {
            Err(Problem::invalid("amount", format_args!("must have at most {decimals} decimals")))
        }
        PlaceBetOutcome::StakeTooSmall { stake_min } => {
            Err(Problem::invalid("amount", format_args!("is below the minimum stake of {stake_min}")))
        }
        PlaceBetOutcome::TooManyWaiting { waiting_max } => {
            let detail = format!(
                "You already have {waiting_max} unmatched bets in round {}, the maximum. Cancel one or wait.",
                command.round
            );
            Err(Problem::new(ProblemKind::TooManyWaitingBets, detail).about_field("roundId"))
        }
        PlaceBetOutcome::OverOwnLimits(refusal) => Err(over_own_limits(&refusal, "amount")),
        PlaceBetOutcome::InsufficientBalance { balance, stake } => {
            let detail = format!(
                "The stake is {stake}, but the balance is {balance}. Deposit at least {} or lower the stake.",
                stake.saturating_sub(balance)
            );
            Err(Problem::new(ProblemKind::InsufficientBalance, detail).about_field("amount"))
        }
        PlaceBetOutcome::UnknownRound => {
            let detail = format!("There is no round {}. Choose a round that is open.", command.round);
            Err(Problem::new(ProblemKind::NotFound, detail).about_field("roundId"))
        }
    }
}

/// Sends the match job if there may be an opponent. Otherwise no message is needed: the bet is in the book, and a later
/// opponent's job joins the two. While many bets are being placed, their messages are sent in batches. Those cost less
/// than the reads that would save some of them, so the check is skipped.
///
/// A failure does not undo the bet: the sweeper sends the job again.
async fn ask_for_match(context: &Context, bet: &Bet, placement: &PlacementUnderWay) {
    // If this read fails, the job is sent and reads the book itself.
    if placement.is_alone()
        && let Ok(false) = context.store.has_waiting_bets(&bet.round, bet.side.opposite()).await
    {
        return;
    }
    let outgoing = OutgoingJob::of(MatchJob::of_bet(bet));
    context.ask_for(vec![outgoing], || format!("the matching of bet {}", bet.id)).await;
}
