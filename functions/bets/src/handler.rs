//! The routes.

use axum::extract::{Path, State};
use axum::{Router, routing};
use evens_contracts::{BetAnswer, BetBody, BetListAnswer, Problem, ProblemKind, parse_bet_id};
use evens_http::{Answer, Caller, PageCursor, Refusal};
use evens_runtime::Context;

/// How many bets a page has.
const PAGE: u16 = 50;

/// The function's routes.
pub fn router() -> Router<Context> {
    Router::new()
        .route("/api/bets", routing::get(list_bets))
        .route("/api/bets/{betId}", routing::get(read_bet))
}

async fn list_bets(
    State(context): State<Context>,
    caller: Caller,
    PageCursor(cursor): PageCursor,
) -> Result<Answer<BetListAnswer>, Refusal> {
    let before = cursor.map(|cursor| cursor.before);
    let page = context.store.list_bets(caller.user, before, PAGE).await?;
    Ok(Answer::ok(BetListAnswer::new(&page.bets, page.next_before)))
}

async fn read_bet(
    State(context): State<Context>,
    caller: Caller,
    Path(bet_id): Path<String>,
) -> Result<Answer<BetAnswer>, Refusal> {
    let found = context.store.load_bet_view(parse_bet_id(&bet_id)?).await?;
    let Some(view) = found.filter(|view| view.bet.user == caller.user) else {
        let detail = "There is no bet of this id among the bets of the token's user.";
        return Err(Problem::new(ProblemKind::NotFound, detail).about_field("betId").into());
    };
    Ok(Answer::ok(BetAnswer { data: BetBody::from(&view) }))
}
