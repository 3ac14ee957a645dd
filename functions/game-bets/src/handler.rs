use crate::statistics;
use axum::extract::{Path, State};
use axum::{Router, routing};
use evens_contracts::{
    Cursor, Data, GameBetBody, GameBetListAnswer, Problem, ProblemKind, parse_bet_id, parse_room,
};
use evens_games::{GameBet, Period, PeriodId, Room};
use evens_http::{Answer, Caller, PageCursor, Refusal, Staff, find_account};
use evens_ledger::UserId;
use evens_runtime::Context;
use evens_store::StoreError;
use futures::future::try_join_all;
use std::collections::{BTreeMap, BTreeSet};

const PAGE: u16 = 50;

pub fn router() -> Router<Context> {
    Router::new()
        .route("/api/games/my-bets", routing::get(list_bets))
        .route("/api/games/my-bets/{betId}", routing::get(read_bet))
        .route("/api/games/{gameType}/{duration}/my-bets", routing::get(list_bets_of_room))
        .route("/api/operator/users/{userId}/game-bets", routing::get(list_bets_of_player))
        .merge(statistics::router())
}

async fn list_bets(
    State(context): State<Context>,
    caller: Caller,
    PageCursor(cursor): PageCursor,
) -> Result<Answer<GameBetListAnswer>, Refusal> {
    Ok(Answer::ok(page(&context, caller.user, cursor, |_| true).await?))
}

async fn list_bets_of_room(
    State(context): State<Context>,
    caller: Caller,
    PageCursor(cursor): PageCursor,
    Path((game_type, duration)): Path<(String, String)>,
) -> Result<Answer<GameBetListAnswer>, Refusal> {
    let wanted = parse_room(&game_type, &duration)?;
    Ok(Answer::ok(page(&context, caller.user, cursor, |room| room == wanted).await?))
}

async fn list_bets_of_player(
    State(context): State<Context>,
    Staff(_): Staff,
    PageCursor(cursor): PageCursor,
    Path(user_id): Path<String>,
) -> Result<Answer<GameBetListAnswer>, Refusal> {
    let user = find_account(&context, &user_id).await?;
    Ok(Answer::ok(page(&context, user, cursor, |_| true).await?))
}

/// A bet of another user is `404`, like an unknown id.
async fn read_bet(
    State(context): State<Context>,
    caller: Caller,
    Path(bet_id): Path<String>,
) -> Result<Answer<Data<GameBetBody>>, Refusal> {
    let found = context.store.load_game_bet(parse_bet_id(&bet_id)?).await?;
    let not_found = || {
        let detail = "You have no bet on a game with this id. GET /api/games/my-bets lists yours.";
        Problem::new(ProblemKind::NotFound, detail).about_field("betId")
    };
    let (bet, period) = found.filter(|(bet, _)| bet.user == caller.user).ok_or_else(not_found)?;
    Ok(Answer::ok(Data { data: GameBetBody::of(&bet, &period) }))
}

/// A page of bets, filtered by room.
async fn page(
    context: &Context,
    user: UserId,
    cursor: Option<Cursor>,
    is_wanted: impl Fn(Room) -> bool,
) -> Result<GameBetListAnswer, StoreError> {
    let before = cursor.map(|cursor| cursor.before);
    let mut page = context.store.list_game_bets(user, before, PAGE).await?;
    page.bets.retain(|bet| is_wanted(bet.period.room));
    let periods = load_periods(context, &page.bets).await?;
    let body = |bet: &GameBet| Some(GameBetBody::of(bet, periods.get(&bet.period)?));
    let bodies = page.bets.iter().filter_map(body).collect();
    Ok(GameBetListAnswer::new(bodies, page.next_before, page.read_to))
}

/// The periods of some bets, each loaded once.
async fn load_periods(context: &Context, bets: &[GameBet]) -> Result<BTreeMap<PeriodId, Period>, StoreError> {
    let ids: BTreeSet<PeriodId> = bets.iter().map(|bet| bet.period).collect();
    let load = |id| async move { context.store.load_unarchived_period_eventually(id).await };
    let periods = try_join_all(ids.into_iter().map(load)).await?;
    Ok(periods.into_iter().flatten().map(|period| (period.id, period)).collect())
}
