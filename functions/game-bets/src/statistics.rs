//! `GET /api/users/in-house-games/stats`: the statistics of a player's bets.

use crate::recent_statistics::RecentStatistics;
use axum::extract::{Extension, FromRequestParts, State};
use axum::http::request::Parts;
use axum::{Router, routing};
use evens_contracts::PlayStatisticsAnswer;
use evens_games::StatisticsPeriod;
use evens_http::{Answer, Caller, Refusal, parse_parameter};
use evens_runtime::Context;

pub(crate) fn router() -> Router<Context> {
    Router::new()
        .route("/api/users/in-house-games/stats", routing::get(read_statistics))
        .layer(Extension(RecentStatistics::default()))
}

/// The requested days, today by default. As an extractor it rejects an invalid value with `422`.
struct StatisticsQuery(StatisticsPeriod);

impl<S: Sync> FromRequestParts<S> for StatisticsQuery {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        Ok(Self(parse_parameter(&parts.uri, "period")?.unwrap_or(StatisticsPeriod::Today)))
    }
}

async fn read_statistics(
    State(context): State<Context>,
    Extension(recent): Extension<RecentStatistics>,
    caller: Caller,
    StatisticsQuery(period): StatisticsQuery,
) -> Result<Answer<PlayStatisticsAnswer>, Refusal> {
    let found = recent.of(&context, caller.user).await?;
    Ok(Answer::ok(PlayStatisticsAnswer::new(period, &found.days.over(period), found.as_of)))
}
