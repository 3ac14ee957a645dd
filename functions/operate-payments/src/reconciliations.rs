//! `GET /api/operator/reconciliations`, and one report: daily comparisons of the books with the providers' statements.

use axum::extract::{Path, State};
use axum::{Router, routing};
use evens_contracts::{
    Problem, ProblemKind, ReconciliationAnswer, ReconciliationBody, ReconciliationListAnswer,
};
use evens_http::{Answer, Refusal, Staff};
use evens_payments::ReportId;
use evens_runtime::Context;

/// Maximum number of reports per list.
const PAGE: u16 = 50;

pub(crate) fn router() -> Router<Context> {
    Router::new()
        .route("/api/operator/reconciliations", routing::get(list_reports))
        .route("/api/operator/reconciliations/{reportId}", routing::get(read_report))
}

async fn list_reports(
    State(context): State<Context>,
    Staff(_): Staff,
) -> Result<Answer<ReconciliationListAnswer>, Refusal> {
    let mut reports = context.store.list_reports(PAGE + 1).await?;
    let has_more = reports.len() > usize::from(PAGE);
    reports.truncate(PAGE.into());
    let data = reports.iter().map(ReconciliationBody::from).collect();
    Ok(Answer::ok(ReconciliationListAnswer { data, has_more }))
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
