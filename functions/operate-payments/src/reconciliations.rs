//! `GET /api/operator/reconciliations`, and one report: daily comparisons of the books with the providers' statements.

use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::{Router, routing};
use evens_contracts::{
    Problem, ProblemKind, ReconciliationAnswer, ReconciliationBody, ReconciliationListAnswer, ReportCursor,
};
use evens_http::{Answer, Refusal, Staff, parse_parameter};
use evens_payments::ReportId;
use evens_runtime::Context;

/// Maximum number of reports per list.
const PAGE: u16 = 50;

pub(crate) fn router() -> Router<Context> {
    Router::new()
        .route("/api/operator/reconciliations", routing::get(list_reports))
        .route("/api/operator/reconciliations/{reportId}", routing::get(read_report))
}

/// The report before which the page starts. As an extractor it rejects an invalid cursor with `422`.
struct ReportsQuery(Option<ReportId>);

impl<S: Sync> FromRequestParts<S> for ReportsQuery {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let cursor: Option<ReportCursor> = parse_parameter(&parts.uri, "cursor")?;
        Ok(Self(cursor.map(|cursor| cursor.before)))
    }
}

async fn list_reports(
    State(context): State<Context>,
    Staff(_): Staff,
    ReportsQuery(before): ReportsQuery,
) -> Result<Answer<ReconciliationListAnswer>, Refusal> {
    let mut reports = context.store.list_reports(before.as_ref(), PAGE + 1).await?;
    let has_more = reports.len() > usize::from(PAGE);
    reports.truncate(PAGE.into());
    let data = reports.iter().map(ReconciliationBody::from).collect();
    let last = reports.pop().filter(|_| has_more);
    Ok(Answer::ok(ReconciliationListAnswer::new(data, last.map(|report| report.id))))
}

async fn read_report(
    State(context): State<Context>,
    Staff(_): Staff,
    Path(report_id): Path<String>,
) -> Result<Answer<ReconciliationAnswer>, Refusal> {
    // A malformed id is an unknown report.
    let id: ReportId = report_id.parse().map_err(|_| unknown())?;
    let report = context.store.load_report(&id).await?.ok_or_else(unknown)?;
    Ok(Answer::ok(ReconciliationAnswer::from(&report)))
}

fn unknown() -> Problem {
    let detail = "There is no such report. GET /api/operator/reconciliations lists the newest.";
    Problem::new(ProblemKind::NotFound, detail).about_field("reportId")
}
