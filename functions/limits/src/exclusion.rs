//! The routes of exclusions.

use crate::zone;
use axum::extract::State;
use axum::{Router, routing};
use evens_contracts::{
    ExclusionAnswer, ExclusionBody, ExclusionRequest, Problem, ProblemKind, time_in_words,
};
use evens_http::{Answer, Caller, JsonBody, Refusal};
use evens_own_limits::EndExclusionRefusal;
use evens_payments::PaymentsRecord;
use evens_runtime::Context;
use jiff::Timestamp;

pub(crate) fn router() -> Router<Context> {
    Router::new()
        .route("/api/exclusion", routing::get(read_exclusion).post(exclude))
        .route("/api/exclusion/end", routing::post(end_exclusion))
}

async fn read_exclusion(
    State(context): State<Context>,
    caller: Caller,
) -> Result<Answer<ExclusionAnswer>, Refusal> {
    let record = context.store.load_payments_record(caller.user).await?;
    Ok(answer(&record, context.clock.now()))
}

async fn exclude(
    State(context): State<Context>,
    caller: Caller,
    JsonBody(body): JsonBody,
) -> Result<Answer<ExclusionAnswer>, Refusal> {
    let ExclusionRequest { months } = ExclusionRequest::parse(&body)?;
    let now = context.clock.now();
    let until = months.until(&zone(&context), now);
    let excluded = context.store.change_limits(caller.user, now, |record| record.exclude(until, now)).await?;
    let (record, _) = excluded.map_err(|short| Problem::invalid("months", short))?;
    tracing::info!("user.id" = %caller.user, "User {} excluded themselves", caller.user);
    Ok(answer(&record, now))
}

async fn end_exclusion(
    State(context): State<Context>,
    caller: Caller,
) -> Result<Answer<ExclusionAnswer>, Refusal> {
    let now = context.clock.now();
    let end = |record: &PaymentsRecord| Ok(record.end_exclusion(now)?.unwrap_or_else(|| record.clone()));
    match context.store.change_limits(caller.user, now, end).await? {
        Ok((record, _)) => Ok(answer(&record, now)),
        Err(EndExclusionRefusal::EndsAlready { .. }) => {
            let record = context.store.load_payments_record(caller.user).await?;
            Ok(answer(&record, now).replayed(true))
        }
        Err(EndExclusionRefusal::TooEarly { until }) => {
            let detail = format!(
                "You have excluded yourself until {}. Ask for its end after that.",
                time_in_words(until)
            );
            Err(Problem::new(ProblemKind::TooEarly, detail).into())
        }
    }
}

fn answer(record: &PaymentsRecord, now: Timestamp) -> Answer<ExclusionAnswer> {
    Answer::ok(ExclusionAnswer { data: ExclusionBody::new(record, now) })
}
