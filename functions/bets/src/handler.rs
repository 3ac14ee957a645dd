use axum::extract::{Path, State};
use axum::{Router, routing};
use evens_contracts::{
    BetBody, BetListAnswer, BetMatchListAnswer, Data, MatchCursor, Problem, ProblemKind, parse_bet_id,
};
use evens_exchange::BetView;
use evens_http::{Answer, Caller, PageCursor, Refusal};
use evens_ledger::UserId;
use evens_runtime::Context;

const PAGE: u16 = 50;

pub fn router() -> Router<Context> {
    Router::new()
        .route("/api/bets", routing::get(list_bets))
        .route("/api/bets/{betId}", routing::get(read_bet))
        .route("/api/bets/{betId}/matches", routing::get(list_matches))
}

async fn list_bets(
    State(context): State<Context>,
    caller: Caller,
    PageCursor(cursor): PageCursor,
) -> Result<Answer<BetListAnswer>, Refusal> {
    let before = cursor.map(|cursor| cursor.before);
    let page = context.store.list_bets(caller.user, before, PAGE).await?;
    Ok(Answer::ok(BetListAnswer::new(&page.bets, page.next_before, page.read_to)))
}

async fn read_bet(
    State(context): State<Context>,
    caller: Caller,
    Path(bet_id): Path<String>,
) -> Result<Answer<Data<BetBody>>, Refusal> {
    let view = load(&context, caller.user, &bet_id).await?;
    Ok(Answer::ok(Data { data: BetBody::from(&view) }))
}

/// The matches of the bet and their results. The opponents become public together with the round's seed.
async fn list_matches(
    State(context): State<Context>,
    caller: Caller,
    PageCursor(cursor): PageCursor<MatchCursor>,
    Path(bet_id): Path<String>,
) -> Result<Answer<BetMatchListAnswer>, Refusal> {
    let view = load(&context, caller.user, &bet_id).await?;
    let after = cursor.map(|cursor| cursor.after);
    let page = context.store.list_matches_of_bet(&view.bet, after).await?;
    Ok(Answer::ok(BetMatchListAnswer::new(&page.matches, page.next_after)))
}

/// Loads a bet of that user. A bet of another user is `404`, like an unknown id.
async fn load(context: &Context, user: UserId, bet_id: &str) -> Result<BetView, Refusal> {
    let found = context.store.load_bet_view(parse_bet_id(bet_id)?).await?;
    let not_found = || {
        let detail = "You have no bet with this id. GET /api/bets lists yours.";
        Problem::new(ProblemKind::NotFound, detail).about_field("betId")
    };
    Ok(found.filter(|view| view.bet.user == user).ok_or_else(not_found)?)
}
