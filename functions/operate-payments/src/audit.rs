//! `GET /api/operator/audit`: the actions of operators and cashiers on a day.

use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::{Router, routing};
use evens_contracts::{AuditLineBody, AuditLineListAnswer, Day, WholeNumber};
use evens_http::{Answer, Refusal, Staff, parse_parameter};
use evens_runtime::Context;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Lines per page.
const PAGE: u16 = 100;

pub(crate) fn router() -> Router<Context> {
    Router::new().route("/api/operator/audit", routing::get(list_lines))
}

/// The requested lines. As an extractor it rejects invalid parameters with `422`.
struct AuditQuery {
    day: Option<Date>,
    after: u64,
}

impl<S: Sync> FromRequestParts<S> for AuditQuery {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let day: Option<Day> = parse_parameter(&parts.uri, "day")?;
        let WholeNumber(after) = parse_parameter(&parts.uri, "after")?.unwrap_or_default();
        Ok(Self { day: day.map(|Day(day)| day), after })
    }
}

async fn list_lines(
    State(context): State<Context>,
    Staff(_): Staff,
    AuditQuery { day, after }: AuditQuery,
) -> Result<Answer<AuditLineListAnswer>, Refusal> {
    let day = day.unwrap_or_else(|| context.clock.now().to_zoned(TimeZone::UTC).date());
    let mut lines = context.store.list_audit_lines(day, after, PAGE + 1).await?;
    let has_more = lines.len() > usize::from(PAGE);
    lines.truncate(PAGE.into());
    let next_after = lines.last().filter(|_| has_more).map(|line| line.number);
    Ok(Answer::ok(AuditLineListAnswer { data: lines.iter().map(AuditLineBody::from).collect(), next_after }))
}
