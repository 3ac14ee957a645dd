//! The routes.

use crate::recent_totals::RecentTotals;
use axum::extract::{Path, State};
use axum::{Extension, Router, routing};
use evens_contracts::{MatchCursor, MatchListAnswer, Problem, ProblemKind, RoundAnswer, parse_round_id};
use evens_exchange::{Round, RoundTotals};
use evens_runtime::Context;
use evens_runtime::http::{Answer, PageCursor, Refusal, Visitor};
use std::sync::Arc;

/// How many matches a page has.
const PAGE: u16 = 50;

/// The function's routes. What they remember of rounds is the process's.
pub fn router() -> Router<Context> {
    let recent = Arc::new(RecentTotals::default());
    Router::new()
        .route("/api/rounds/{roundId}", routing::get(read_round).layer(Extension(recent)))
        .route("/api/rounds/{roundId}/matches", routing::get(list_matches))
}

async fn read_round(
    State(context): State<Context>,
    Extension(recent): Extension<Arc<RecentTotals>>,
    _: Visitor,
    Path(round_id): Path<String>,
) -> Result<Answer<RoundAnswer>, Refusal> {
    let round = load_round(&context, &round_id).await?;
    let load = async || context.store.load_round_totals(&round.id, RoundTotals::COUNTED_MAX).await;
    let (totals, totals_at) = recent.of(&round.id, &context.clock, load).await?;
    Ok(Answer::ok(RoundAnswer::new(&round, &totals, totals_at)))
}

/// Who bet against whom is nobody's business while anything can be matched; afterwards each draw can be made again.
async fn list_matches(
    State(context): State<Context>,
    _: Visitor,
    PageCursor(cursor): PageCursor<MatchCursor>,
    Path(round_id): Path<String>,
) -> Result<Answer<MatchListAnswer>, Refusal> {
    let round = load_round(&context, &round_id).await?;
    if round.state.seed().is_none() {
        let state = round.state.name().as_str();
        let detail = format!("The round {} is {state}: its matches are public with its seed.", round.id);
        return Err(Problem::new(ProblemKind::RoundState, detail).about_field("roundId").into());
    }
    let page = context.store.list_matches(&round.id, cursor.map(|cursor| cursor.after), PAGE).await?;
    Ok(Answer::ok(MatchListAnswer::new(&page.matches, page.next_after)))
}

async fn load_round(context: &Context, round_id: &str) -> Result<Round, Refusal> {
    let found = context.store.load_round(&parse_round_id(round_id)?).await?;
    let detail = "There is no round of this id.";
    let not_found = || Problem::new(ProblemKind::NotFound, detail).about_field("roundId");
    Ok(found.ok_or_else(not_found)?)
}
