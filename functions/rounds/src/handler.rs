use crate::open_rounds::{self, RecentPages};
use crate::recent_totals::RecentTotals;
use axum::extract::{Path, State};
use axum::{Extension, Router, routing};
use evens_contracts::{Data, MatchCursor, MatchListAnswer, Problem, ProblemKind, RoundBody, parse_round_id};
use evens_exchange::{Round, RoundId};
use evens_http::{Answer, PageCursor, Refusal, Visitor};
use evens_runtime::Context;
use evens_store::{CountedTotals, StoreError};
use std::sync::Arc;
use tracing::Instrument;

const PAGE: u16 = 50;

/// The routes. Their cache of totals belongs to the process.
pub fn router() -> Router<Context> {
    Router::new()
        .route("/api/rounds", routing::get(open_rounds::list))
        .route("/api/rounds/{roundId}", routing::get(read_round))
        .layer(Extension(Arc::new(RecentTotals::default())))
        .layer(Extension(Arc::new(RecentPages::default())))
        .route("/api/rounds/{roundId}/matches", routing::get(list_matches))
}

async fn read_round(
    State(context): State<Context>,
    Extension(recent): Extension<Arc<RecentTotals>>,
    _: Visitor,
    Path(round_id): Path<String>,
) -> Result<Answer<Data<RoundBody>>, Refusal> {
    let round = load_round(&context, &round_id).await?;
    let load = async || load_totals(&context, &round.id).await;
    let CountedTotals { totals, as_of } = recent.of(&round.id, &context.clock, load).await?;
    Ok(Answer::ok(Data::<RoundBody>::new(&round, &totals, as_of)))
}

/// Runs in a task of its own, which continues if the client disconnects. The read may hold the turn to add up the
/// round, and no other process adds it up until that turn is finished or times out.
pub(crate) async fn load_totals(context: &Context, id: &RoundId) -> Result<CountedTotals, StoreError> {
    let (context, id) = (context.clone(), id.clone());
    let load = async move { context.store.load_round_totals(&id, context.clock.now()).await };
    let loaded = tokio::spawn(load.in_current_span()).await;
    loaded.unwrap_or_else(|error| Err(StoreError::Unavailable(error.into())))
}

/// Opponents are secret while bets can still be matched. Afterwards anyone can recompute each draw.
async fn list_matches(
    State(context): State<Context>,
    _: Visitor,
    PageCursor(cursor): PageCursor<MatchCursor>,
    Path(round_id): Path<String>,
) -> Result<Answer<MatchListAnswer>, Refusal> {
    let round = load_round(&context, &round_id).await?;
    if round.state.seed().is_none() {
        let state = round.state.name().as_str();
        let detail =
            format!("Round {} is {state}. Its matches become public together with its seed.", round.id);
        return Err(Problem::new(ProblemKind::RoundState, detail).about_field("roundId").into());
    }
    let page = context.store.list_matches(&round.id, cursor.map(|cursor| cursor.after), PAGE).await?;
    Ok(Answer::ok(MatchListAnswer::new(&page.matches, page.next_after)))
}

async fn load_round(context: &Context, round_id: &str) -> Result<Round, Refusal> {
    let found = context.store.load_round_eventually(&parse_round_id(round_id)?).await?;
    let detail = "There is no round with this id.";
    let not_found = || Problem::new(ProblemKind::NotFound, detail).about_field("roundId");
    Ok(found.ok_or_else(not_found)?)
}
