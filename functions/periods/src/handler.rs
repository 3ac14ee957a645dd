use crate::catalog::Catalog;
use crate::page::WantedPage;
use crate::rooms::Rooms;
use axum::extract::{Path, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderName, HeaderValue};
use axum::{Extension, Router, routing};
use evens_contracts::{
    ActivePeriodsAnswer, CurrentPeriodAnswer, CurrentPeriodBody, GameResultAnswer, GameResultBody,
    GamesAnswer, HistoryAnswer, PeriodAnswer, Problem, TrendsAnswer, parse_period_id, parse_room,
    unknown_period,
};
use evens_games::{PeriodId, PeriodStateName, Room};
use evens_http::{Answer, Refusal, Visitor};
use evens_runtime::Context;
use evens_store::{DrawnPeriod, StoreError};
use futures::future::try_join_all;
use jiff::Timestamp;

/// An answer with its `Cache-Control` header.
type CachedAnswer<A> = ([(HeaderName, HeaderValue); 1], Answer<A>);

/// For data that may change with the next period, or sooner.
const A_SECOND: HeaderValue = HeaderValue::from_static("public, max-age=1");
/// For data that never changes.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// The routes. Their cache of rooms belongs to the process.
pub fn router() -> Router<Context> {
    Router::new()
        .route("/api/games", routing::get(list_games))
        .route("/api/games/active-periods", routing::get(list_active_periods))
        .route("/api/games/{gameType}/{duration}", routing::get(read_current_period))
        .route("/api/games/{gameType}/{duration}/last-result", routing::get(read_last_result))
        .route("/api/games/{gameType}/{duration}/history", routing::get(list_history))
        .route("/api/games/{gameType}/{duration}/period/{periodId}", routing::get(read_period))
        .route("/api/games/{gameType}/{duration}/statistics", routing::get(read_statistics))
        .layer(Extension(Rooms::default()))
        .layer(Extension(Catalog::default()))
}

async fn list_games(
    State(context): State<Context>,
    Extension(catalog): Extension<Catalog>,
    _: Visitor,
) -> Result<Answer<GamesAnswer>, Refusal> {
    let settings = &context.settings;
    let day_offset = settings.players.attendance_offset.offset();
    let limits = |room| settings.games.limits.of(room, settings.games.bankroll, day_offset);
    Ok(Answer::ok(catalog.of(limits)))
}

async fn list_active_periods(
    State(context): State<Context>,
    Extension(rooms): Extension<Rooms>,
    _: Visitor,
) -> Result<CachedAnswer<ActivePeriodsAnswer>, Refusal> {
    let now = context.clock.now();
    let data = try_join_all(Room::all().map(|room| current(&context, &rooms, room, now))).await?;
    Ok(cached(A_SECOND, ActivePeriodsAnswer { data, server_time: now.into() }))
}

async fn read_current_period(
    State(context): State<Context>,
    Extension(rooms): Extension<Rooms>,
    _: Visitor,
    Path((game_type, duration)): Path<(String, String)>,
) -> Result<CachedAnswer<CurrentPeriodAnswer>, Refusal> {
    let (room, now) = (parse_room(&game_type, &duration)?, context.clock.now());
    let data = current(&context, &rooms, room, now).await?;
    Ok(cached(A_SECOND, CurrentPeriodAnswer { data, server_time: now.into() }))
}

async fn read_last_result(
    State(context): State<Context>,
    Extension(rooms): Extension<Rooms>,
    _: Visitor,
    Path((game_type, duration)): Path<(String, String)>,
) -> Result<CachedAnswer<GameResultAnswer>, Refusal> {
    let room = parse_room(&game_type, &duration)?;
    let results = rooms.results(&context, room).await?;
    let newest = results.first().map(|newest| result_body(&context, newest));
    Ok(cached(A_SECOND, GameResultAnswer { data: newest }))
}

async fn list_history(
    State(context): State<Context>,
    Extension(rooms): Extension<Rooms>,
    _: Visitor,
    WantedPage { cursor, page, limit }: WantedPage,
    Path((game_type, duration)): Path<(String, String)>,
) -> Result<CachedAnswer<HistoryAnswer>, Refusal> {
    let room = parse_room(&game_type, &duration)?;
    let before = cursor.map(|cursor| cursor.before);
    if before.is_some_and(|before| before.room != room) {
        return Err(Problem::invalid("cursor", "is not a cursor from an earlier page of this room").into());
    }
    // Page numbers count from the newest result.
    let periods = match page {
        Some(page) => {
            let newest = rooms.results(&context, room).await?;
            newest.first().map(|newest| page.periods(newest.id, limit))
        }
        None => None,
    };
    let (before, oldest) = match periods {
        Some(periods) => (Some(periods.end().next()), Some(*periods.start())),
        None => (before, None),
    };
    let mut results = context.store.list_results(room, before, limit.get() + 1).await?;
    let is_on_page = |result: &&DrawnPeriod| oldest.is_none_or(|oldest| result.id >= oldest);
    let on_page = results.iter().take(limit.get().into()).take_while(is_on_page).count();
    let has_more = results.len() > on_page;
    results.truncate(on_page);
    let next = oldest.or(results.last().map(|last| last.id)).filter(|_| has_more);
    let bodies = results.iter().map(|result| result_body(&context, result)).collect();
    Ok(cached(A_SECOND, HistoryAnswer::new(bodies, next)))
}

async fn read_period(
    State(context): State<Context>,
    _: Visitor,
    Path((game_type, duration, period_id)): Path<(String, String, String)>,
) -> Result<CachedAnswer<PeriodAnswer>, Refusal> {
    let id = parse_period_id(parse_room(&game_type, &duration)?, &period_id)?;
    let period = context.store.load_period_eventually(id).await?.ok_or_else(unknown_period)?;
    let kept = match period.state.name() {
        PeriodStateName::Settled | PeriodStateName::Refunded => FOR_EVER,
        PeriodStateName::Open
        | PeriodStateName::Closing
        | PeriodStateName::Closed
        | PeriodStateName::Resulted
        | PeriodStateName::Cancelled => A_SECOND,
    };
    Ok(cached(kept, PeriodAnswer::from(&period)))
}

async fn read_statistics(
    State(context): State<Context>,
    Extension(rooms): Extension<Rooms>,
    _: Visitor,
    Path((game_type, duration)): Path<(String, String)>,
) -> Result<CachedAnswer<TrendsAnswer>, Refusal> {
    let room = parse_room(&game_type, &duration)?;
    let results = rooms.results(&context, room).await?;
    let drawn: Vec<_> = results.iter().map(|result| result.drawn.clone()).collect();
    Ok(cached(A_SECOND, TrendsAnswer::new(room, &drawn)))
}

/// The current period of a room.
async fn current(
    context: &Context,
    rooms: &Rooms,
    room: Room,
    now: Timestamp,
) -> Result<CurrentPeriodBody, StoreError> {
    let offset = context.settings.players.attendance_offset.offset();
    let id = PeriodId::at(room, now, offset);
    let opened = rooms.opened(context, id).await?;
    let (of_now, next) =
        opened.split_first().map_or((None, &[][..]), |((_, opened), next)| (opened.as_ref(), next));
    Ok(CurrentPeriodBody::new(id, id.times(offset), of_now, next))
}

fn result_body(context: &Context, result: &DrawnPeriod) -> GameResultBody {
    let times = result.id.times(context.settings.players.attendance_offset.offset());
    GameResultBody::new(result.id, &result.drawn, result.block.as_ref(), times.ends_at)
}

fn cached<A: serde::Serialize>(kept: HeaderValue, body: A) -> CachedAnswer<A> {
    ([(CACHE_CONTROL, kept)], Answer::ok(body))
}
