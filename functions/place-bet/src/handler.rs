//! The route.

use crate::under_way::{PlacementUnderWay, PlacementsUnderWay};
use axum::extract::Extension;
use axum::http::StatusCode;
use axum::{Router, routing};
use evens_contracts::{Job, MatchJob, PlaceBetAnswer, PlaceBetRequest, Problem, ProblemKind};
use evens_exchange::{Bet, BetId, IdempotencyKey, PlaceBet, PlaceBetOutcome};
use evens_queues::Outgoing;
use evens_runtime::Context;
use evens_runtime::http::{Answer, Caller, IdempotencyKeyHeader, JsonBody, Refusal, RequestId, Traced};
use evens_runtime::telemetry::chain;

/// The function's route.
pub fn router() -> Router<Context> {
    Router::new().route("/api/bets", routing::post(place_bet)).layer(Extension(PlacementsUnderWay::default()))
}

async fn place_bet(
    Traced(context): Traced,
    Extension(under_way): Extension<PlacementsUnderWay>,
    Extension(request_id): Extension<RequestId>,
    caller: Caller,
    key: IdempotencyKeyHeader,
    JsonBody(body): JsonBody,
) -> Result<Answer<PlaceBetAnswer>, Refusal> {
    let request = PlaceBetRequest::parse(&body)?;
    let key = key.key()?.map_or_else(|| key_of_request(&request_id), Ok)?;
    caller.require_self(request.user_id)?;
    let placement = under_way.begin();
    let command = PlaceBet {
        bet: BetId::derive(caller.user, &key),
        user: caller.user,
        round: request.round_id,
        side: request.side,
        stake: request.amount,
    };
    let seed_if_new = context.entropy.seed()?;
    let placed = context.store.place_bet(&command, &seed_if_new, context.clock.now()).await;
    let outcome = placed.map_err(|error| about_bet(error, command.bet))?;
    let (bet, is_replay) = accepted(&command, outcome)?;
    ask_for_match(&context, &bet, &placement).await;
    Ok(Answer::new(StatusCode::ACCEPTED, PlaceBetAnswer::from(&bet)).replayed(is_replay))
}

/// Without a key from the client each request is one of its own.
fn key_of_request(request_id: &RequestId) -> Result<IdempotencyKey, Problem> {
    request_id.as_str().parse().map_err(|error| {
        tracing::error!(%error, "The request's id cannot be an idempotency key");
        Problem::internal()
    })
}

/// A client that sent no key learns which bet to look for when nobody knows whether it was placed.
fn about_bet(error: evens_store::StoreError, bet: BetId) -> Refusal {
    Refusal(Refusal::from(error).0.about_bet(bet))
}

/// The bet that was placed, now or before; or why it was not.
fn accepted(command: &PlaceBet, outcome: PlaceBetOutcome) -> Result<(Bet, bool), Problem> {
    match outcome {
        PlaceBetOutcome::Placed(placement) => Ok((placement.bet, false)),
        PlaceBetOutcome::PlacedBefore(bet) => Ok((*bet, true)),
        PlaceBetOutcome::AccountBlocked => Err(Problem::blocked()),
        PlaceBetOutcome::KeyUsedForAnotherBody { bet } => {
            let detail =
                format!("The Idempotency-Key was used for the bet {bet}, which differs. Use a new key.");
            Err(Problem::new(ProblemKind::IdempotencyKeyReused, detail)
                .about_field("Idempotency-Key")
                .about_bet(bet))
        }
        PlaceBetOutcome::RoundNotOpen { state } => {
            let detail = format!("The round {} takes no bets: it is {}.", command.round, state.as_str());
            Err(Problem::new(ProblemKind::RoundState, detail).about_field("roundId"))
        }
        PlaceBetOutcome::InsufficientBalance { balance, stake } => {
            let detail = format!(
                "The stake is {stake} but the wallet holds {balance}. Deposit {} or more, or lower the stake.",
                stake.saturating_sub(balance)
            );
            Err(Problem::new(ProblemKind::InsufficientBalance, detail).about_field("amount"))
        }
    }
}

/// Asks for the matching of a bet, if anybody waits against it. Where nobody does, now that it is placed, it is seen by whoever
/// comes: his job joins the two. Where many bets are placed at once, their messages go together and cost less than the looks
/// that would save some of them, so nobody looks.
///
/// The bet is placed whether or not this succeeds: the sweeper asks again.
async fn ask_for_match(context: &Context, bet: &Bet, placement: &PlacementUnderWay) {
    // Where nobody could look, the job will.
    if placement.is_alone()
        && let Ok(false) = context.store.does_anybody_wait(&bet.round, bet.side.opposite()).await
    {
        return;
    }
    let job = Job::Match(MatchJob::from(bet));
    let outgoing = Outgoing::new(job, bet.user);
    if let Err(error) = context.queues.send(vec![outgoing]).await {
        tracing::warn!(error = chain(&error), "bet.id" = %bet.id, "Could not ask for the matching of bet {}; the sweeper will", bet.id);
    }
}
