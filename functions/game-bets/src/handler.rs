use crate::statistics;
use axum::extract::{Path, State};
use axum::{Router, routing};
use evens_contracts::{Cursor, GameBetBody, GameBetListAnswer, parse_room};
use evens_games::{GameBet, Period, PeriodId, Room};
use evens_http::{Answer, Caller, PageCursor, Refusal};
use evens_runtime::Context;
use evens_store::StoreError;
use futures::future::try_join_all;
use std::collections::{BTreeMap, BTreeSet};

const PAGE: u16 = 50;

pub fn router() -> Router<Context> {
    Router::new()
        .route("/api/games/my-bets", routing::get(list_bets))
        .route("/api/games/{gameType}/{duration}/my-bets", routing::get(list_bets_of_room))
        .merge(statistics::router())
}

async fn list_bets(
    State(context): State<Context>,
    caller: Caller,
    PageCursor(cursor): PageCursor,
) -> Result<Answer<GameBetListAnswer>, Refusal> {
    Ok(Answer::ok(page(&context, caller, cursor, |_| true).await?))
}

async fn list_bets_of_room(
    State(context): State<Context>,
    caller: Caller,
    PageCursor(cursor): PageCursor,
    Path((game_type, duration)): Path<(String, String)>,
) -> Result<Answer<GameBetListAnswer>, Refusal> {
    let wanted = parse_room(&game_type, &duration)?;
    Ok(Answer::ok(page(&context, caller, cursor, |room| room == wanted).await?))
}

/// A page of bets, filtered by room.
async fn page(
    context: &Context,
    caller: Caller,
    cursor: Option<Cursor>,
    is_wanted: impl Fn(Room) -> bool,
) -> Result<GameBetListAnswer, StoreError> {
    let before = cursor.map(|cursor| cursor.before);
    let mut page = context.store.list_game_bets(caller.user, before, PAGE).await?;
    page.bets.retain(|bet| is_wanted(bet.period.room));
    let periods = load_periods(context, &page.bets).await?;
    let body = |bet: &GameBet| {
        let period = periods.get(&bet.period)?;
        let drawn = period.result().map(|result| &result.drawn);
        Some(GameBetBody::new(bet, bet.status(period), drawn))
    };
    Ok(GameBetListAnswer::new(page.bets.iter().filter_map(body).collect(), page.next_before))
}

/// The periods of some bets, each loaded once.
async fn load_periods(context: &Context, bets: &[GameBet]) -> Result<BTreeMap<PeriodId, Period>, StoreError> {
    let ids: BTreeSet<PeriodId> = bets.iter().map(|bet| bet.period).collect();
    let load = |id| async move { context.store.look_at_period(id).await };
    let periods = try_join_all(ids.into_iter().map(load)).await?;
    Ok(periods.into_iter().flatten().map(|period| (period.id, period)).collect())
}
