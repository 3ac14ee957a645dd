//! `GET /api/operator/rounds`, the rounds that are not finished; and the unmatched bets of a round.

use axum::extract::{Path, State};
use axum::{Router, routing};
use evens_contracts::{
    Problem, ProblemKind, RoundAnswer, UnfinishedRoundListAnswer, WaitingBetBody, WaitingBetListAnswer,
    parse_round_id,
};
use evens_exchange::{Round, Side};
use evens_http::{Answer, Refusal, Staff};
use evens_runtime::Context;
use evens_store::CountedTotals;

/// Maximum number of rounds in a list.
const ROUNDS_MAX: usize = 100;
/// Maximum number of unmatched bets on each side.
const BETS_MAX: u16 = 100;

pub(crate) fn router() -> Router<Context> {
    Router::new()
        .route("/api/operator/rounds", routing::get(list_unfinished))
        .route("/api/operator/rounds/{roundId}/waiting", routing::get(list_waiting))
}

async fn list_unfinished(
    State(context): State<Context>,
    Staff(_): Staff,
) -> Result<Answer<UnfinishedRoundListAnswer>, Refusal> {
    let now = context.clock.now();
    let mut rounds: Vec<Round> = Vec::new();
    for shard in context.store.layout().shards() {
        for unfinished in context.store.sweep_rounds(shard, now).await? {
            // It may have been finished in the meantime; the index is a little behind.
            rounds.extend(context.store.load_round(&unfinished.id).await?);
        }
    }
    rounds.sort_by_key(|round| round.opened_at);
    let has_more = rounds.len() > ROUNDS_MAX;
    rounds.truncate(ROUNDS_MAX);
    let mut answers = Vec::with_capacity(rounds.len());
    for round in &rounds {
        let CountedTotals { totals, as_of } = context.store.load_round_totals(&round.id, now).await?;
        answers.push(RoundAnswer::new(round, &totals, as_of));
    }
    Ok(Answer::ok(UnfinishedRoundListAnswer::new(answers, has_more)))
}

async fn list_waiting(
    State(context): State<Context>,
    Staff(_): Staff,
    Path(round_id): Path<String>,
) -> Result<Answer<WaitingBetListAnswer>, Refusal> {
    let round = parse_round_id(&round_id)?;
    if context.store.load_round(&round).await?.is_none() {
        let detail = "There is no round with this id.";
        return Err(Problem::new(ProblemKind::NotFound, detail).about_field("roundId").into());
    }
    let (mut data, mut has_more) = (Vec::new(), false);
    for side in [Side::A, Side::B] {
        let page = context.store.list_waiting(&round, side, None, BETS_MAX).await?;
        has_more |= page.next.is_some();
        data.extend(page.found.iter().map(WaitingBetBody::from));
    }
    Ok(Answer::ok(WaitingBetListAnswer { data, has_more }))
}
