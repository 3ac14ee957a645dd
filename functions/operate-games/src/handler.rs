use crate::cancel_period;
use axum::extract::{Path, State};
use axum::{Router, routing};
use evens_audit_log::Actor;
use evens_contracts::{
    CancelPeriodRequest, DistributionAnswer, PeriodAnswer, Problem, ProblemKind, parse_period_id, parse_room,
    unknown_period,
};
use evens_games::{Distribution, Period, PeriodId};
use evens_http::{Answer, JsonBody, Refusal, Staff, TracedContext};
use evens_runtime::Context;
use evens_store::{CancelPeriodOutcome, StoreError};

pub fn router() -> Router<Context> {
    Router::new().route("/api/games/{gameType}/{duration}/cancel", routing::post(cancel)).route(
        "/api/games/{gameType}/{duration}/period/{periodId}/distribution",
        routing::get(read_distribution),
    )
}

async fn cancel(
    TracedContext(context): TracedContext,
    Staff(caller): Staff,
    Path((game_type, duration)): Path<(String, String)>,
    JsonBody(body): JsonBody,
) -> Result<Answer<PeriodAnswer>, Refusal> {
    let request = CancelPeriodRequest::parse(&body)?;
    let (actor, now) = (Actor::User(caller.user), context.clock.now());
    caller.require_recent_login(now)?;
    let id = request.in_room(parse_room(&game_type, &duration)?)?;
    match cancel_period(&context, id, actor, request.reason.as_str(), now).await? {
        CancelPeriodOutcome::Cancelled(period) => Ok(Answer::ok(PeriodAnswer::from(&period))),
        CancelPeriodOutcome::CancelledBefore(period) => {
            Ok(Answer::ok(PeriodAnswer::from(&period)).replayed(true))
        }
        CancelPeriodOutcome::Decided(period) => Err(is_decided(&period).into()),
        CancelPeriodOutcome::Unknown => Err(unknown_period().into()),
    }
}

fn is_decided(period: &Period) -> Problem {
    let (id, state, closes_at) = (period.id.digits(), period.state.name().as_str(), period.times.closes_at);
    let why = match period.result() {
        Some(_) => "its result is final, and its winners are paid".to_owned(),
        None => format!(
            "it closed at {closes_at} and is decided by a block. If no block arrives, it is cancelled automatically"
        ),
    };
    let detail = format!("Period {id} is {state}: {why}.");
    Problem::new(ProblemKind::PeriodState, detail).about_field("periodId")
}

async fn read_distribution(
    State(context): State<Context>,
    Staff(_): Staff,
    Path((game_type, duration, period_id)): Path<(String, String, String)>,
) -> Result<Answer<DistributionAnswer>, Refusal> {
    let id = parse_period_id(parse_room(&game_type, &duration)?, &period_id)?;
    Ok(Answer::ok(distribution_of(&context, id).await?.ok_or_else(unknown_period)?))
}

/// The bets on a period as totals, eventually consistent. `None` if there is no such period.
///
/// # Errors
/// The table does not answer.
pub async fn distribution_of(
    context: &Context,
    id: PeriodId,
) -> Result<Option<DistributionAnswer>, StoreError> {
    let Some(period) = context.store.load_period_eventually(id).await? else { return Ok(None) };
    let shards = context.store.load_period_bets_eventually(&period).await?;
    let records: Vec<_> = shards.into_iter().flat_map(|shard| shard.bets).collect();
    let distribution = Distribution::of(id.room.game(), &records);
    let settings = &context.settings;
    let rules = settings.games.limits.exposure(id.room, settings.games.bankroll);
    Ok(Some(DistributionAnswer::new(&period, &distribution, rules)))
}
