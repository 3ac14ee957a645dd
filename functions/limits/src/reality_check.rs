//! The routes of reality checks.

use crate::problem;
use axum::extract::State;
use axum::{Router, routing};
use evens_contracts::{Data, Problem, ProblemKind, RealityCheckBody, SetRealityCheckRequest, time_in_words};
use evens_http::{Answer, Caller, JsonBody, Refusal};
use evens_own_limits::RealityCheckDue;
use evens_payments::PaymentsRecord;
use evens_runtime::Context;
use std::convert::Infallible;

pub(crate) fn router() -> Router<Context> {
    Router::new()
        .route("/api/limits/reality-check", routing::post(set))
        .route("/api/limits/reality-check/acknowledge", routing::post(acknowledge))
}

async fn set(
    State(context): State<Context>,
    caller: Caller,
    JsonBody(body): JsonBody,
) -> Result<Answer<Data<RealityCheckBody>>, Refusal> {
    let SetRealityCheckRequest { every } = SetRealityCheckRequest::parse(&body)?;
    let now = context.clock.now();
    let set = |record: &PaymentsRecord| record.set_reality_check(every, caller.session_started_at, now);
    let changed = context.store.change_limits(caller.user, now, set).await?;
    let due = |RealityCheckDue { since }| {
        let detail = format!(
            "You have been playing since {}. Confirm that you have seen this before you change the reality check.",
            time_in_words(since)
        );
        Problem::new(ProblemKind::RealityCheckDue, detail)
    };
    let (record, _) = changed.map_err(|refusal| problem(refusal, due))?;
    Ok(answer(&record, &caller))
}

async fn acknowledge(
    State(context): State<Context>,
    caller: Caller,
) -> Result<Answer<Data<RealityCheckBody>>, Refusal> {
    let now = context.clock.now();
    let seen = |record: &PaymentsRecord| Ok::<_, Infallible>(record.acknowledge_reality_check(now));
    let seen = context.store.change_limits(caller.user, now, seen).await?;
    let (record, _) = seen.map_err(|refusal| problem(refusal, |never| match never {}))?;
    Ok(answer(&record, &caller))
}

fn answer(record: &PaymentsRecord, caller: &Caller) -> Answer<Data<RealityCheckBody>> {
    Answer::ok(Data { data: RealityCheckBody::new(record, caller.session_started_at) })
}
