//! The route.

use axum::extract::{Path, State};
use axum::{Router, routing};
use evens_contracts::{Problem, ProblemKind, RoundAnswer, parse_round_id};
use evens_runtime::Context;
use evens_runtime::http::{Answer, Refusal};

/// The function's route.
pub fn router() -> Router<Context> {
    Router::new().route("/api/rounds/{roundId}", routing::get(read_round))
}

async fn read_round(
    State(context): State<Context>,
    Path(round_id): Path<String>,
) -> Result<Answer<RoundAnswer>, Refusal> {
    let Some(round) = context.store.load_round(&parse_round_id(&round_id)?).await? else {
        let detail = "There is no round of this id.";
        return Err(Problem::new(ProblemKind::NotFound, detail).about_field("roundId").into());
    };
    let totals = context.store.load_round_totals(&round.id).await?;
    Ok(Answer::ok(RoundAnswer::new(&round, totals.matched, totals.waiting_a, totals.waiting_b)))
}
