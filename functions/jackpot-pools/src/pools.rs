//! `GET /api/jackpots`, `/{group}/wins` and `/{group}/terms`.

use crate::recent::{JackpotsSnapshot, RecentJackpots};
use axum::extract::{Extension, Path, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderName, HeaderValue};
use axum::{Router, routing};
use evens_contracts::{
    Cursor, JackpotBody, JackpotListAnswer, JackpotTermsListAnswer, JackpotWinListAnswer, parse_jackpot,
};
use evens_http::{Answer, PageCursor, Refusal, Visitor};
use evens_jackpots::JackpotGroup;
use evens_runtime::Context;
use evens_store::StoreError;
use jiff::Timestamp;

/// Wins, or versions of the terms, per page.
const PAGE: u16 = 50;

/// Caches must revalidate: the amount is already up to one second old.
const NO_CACHE: HeaderValue = HeaderValue::from_static("no-cache");

pub(crate) fn router() -> Router<Context> {
    Router::new()
        .route("/api/jackpots", routing::get(list_jackpots))
        .route("/api/jackpots/{group}/wins", routing::get(list_wins))
        .route("/api/jackpots/{group}/terms", routing::get(list_terms))
}

async fn list_jackpots(
    State(context): State<Context>,
    Extension(recent): Extension<RecentJackpots>,
    _: Visitor,
) -> Result<([(HeaderName, HeaderValue); 1], Answer<JackpotListAnswer>), Refusal> {
    let seen = recent.seen(&context).await?;
    Ok(([(CACHE_CONTROL, NO_CACHE)], Answer::ok(JackpotListAnswer::new(bodies(&seen), seen.at))))
}

/// The open jackpots as `GET /api/jackpots` answers them, read now, and the time of the read.
pub async fn read_jackpots(context: &Context) -> Result<(Vec<JackpotBody>, Timestamp), StoreError> {
    let seen = JackpotsSnapshot::read(context).await?;
    Ok((bodies(&seen), seen.at))
}

fn bodies(seen: &JackpotsSnapshot) -> Vec<JackpotBody> {
    let body = |group| {
        let found = seen.jackpots.get(group).as_ref()?;
        Some(JackpotBody::new(&found.config, found.totals, found.pool.cycle, seen.wins.get(group)))
    };
    JackpotGroup::ALL.into_iter().filter_map(body).collect()
}

async fn list_wins(
    State(context): State<Context>,
    _: Visitor,
    PageCursor(cursor): PageCursor,
    Path(group): Path<String>,
) -> Result<Answer<JackpotWinListAnswer>, Refusal> {
    let group = parse_jackpot(&group)?;
    let before = cursor.map(|cursor: Cursor| cursor.before);
    let page = context.store.list_jackpot_wins(group, before, PAGE).await?;
    Ok(Answer::ok(JackpotWinListAnswer::new(&page.wins, page.next_before)))
}

async fn list_terms(
    State(context): State<Context>,
    _: Visitor,
    PageCursor(cursor): PageCursor,
    Path(group): Path<String>,
) -> Result<Answer<JackpotTermsListAnswer>, Refusal> {
    let group = parse_jackpot(&group)?;
    let before = cursor.map(|cursor: Cursor| cursor.before);
    let page = context.store.page_jackpot_configs(group, before, PAGE).await?;
    Ok(Answer::ok(JackpotTermsListAnswer::new(&page.configs, page.next_before)))
}
