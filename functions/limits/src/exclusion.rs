//! The routes of exclusions.

use crate::{problem, zone};
use axum::extract::State;
use axum::{Router, routing};
use evens_contracts::{
    Data, ExclusionBody, ExclusionRequest, Problem, ProblemKind, RefundPlayerJob, time_in_words,
};
use evens_http::{Answer, Caller, JsonBody, Refusal};
use evens_own_limits::{EndExclusionRefusal, ExclusionTooShort};
use evens_payments::PaymentsRecord;
use evens_queues::{OutgoingJob, minute};
use evens_runtime::Context;
use evens_store::ChangeRefusal;
use jiff::Timestamp;

pub(crate) fn router() -> Router<Context> {
    Router::new()
        .route("/api/exclusion", routing::get(read_exclusion).post(exclude))
        .route("/api/exclusion/end", routing::post(end_exclusion))
}

async fn read_exclusion(
    State(context): State<Context>,
    caller: Caller,
) -> Result<Answer<Data<ExclusionBody>>, Refusal> {
    let record = context.store.load_payments_record(caller.user).await?;
    Ok(answer(&record, context.clock.now()))
}

async fn exclude(
    State(context): State<Context>,
    caller: Caller,
    JsonBody(body): JsonBody,
) -> Result<Answer<Data<ExclusionBody>>, Refusal> {
    let ExclusionRequest { months } = ExclusionRequest::parse(&body)?;
    let (user, now) = (caller.user, context.clock.now());
    // The clock is read for each attempt, so that the auditor can compare the start with later joins of bets.
    let exclude = |record: &PaymentsRecord| {
        let since = context.clock.now();
        record.exclude(months.until(&zone(&context), since), since)
    };
    let excluded = context.store.change_limits(user, now, exclude).await?;
    let too_short = |short: ExclusionTooShort| Problem::invalid("months", short);
    let (record, _) = excluded.map_err(|refusal| problem(refusal, too_short))?;
    tracing::info!("user.id" = %user, "User {user} excluded themselves");
    // A repeat does not search the ledger again at once.
    let job = OutgoingJob::of(RefundPlayerJob { user_id: user }).nudged(minute(now));
    context.ask_for(vec![job], || format!("the unmatched bets of user {user}")).await;
    Ok(answer(&record, now))
}

async fn end_exclusion(
    State(context): State<Context>,
    caller: Caller,
) -> Result<Answer<Data<ExclusionBody>>, Refusal> {
    let now = context.clock.now();
    let end = |record: &PaymentsRecord| Ok(record.end_exclusion(now)?.unwrap_or_else(|| record.clone()));
    match context.store.change_limits(caller.user, now, end).await? {
        Ok((record, _)) => Ok(answer(&record, now)),
        Err(ChangeRefusal::Rule(EndExclusionRefusal::EndsAlready { .. })) => {
            let record = context.store.load_payments_record(caller.user).await?;
            Ok(answer(&record, now).replayed(true))
        }
        Err(refusal) => Err(problem(refusal, too_early).into()),
    }
}

fn too_early(refusal: EndExclusionRefusal) -> Problem {
    let (EndExclusionRefusal::TooEarly { until } | EndExclusionRefusal::EndsAlready { ends_at: until }) =
        refusal;
    let detail =
        format!("You have excluded yourself until {}. Ask for its end after that.", time_in_words(until));
    Problem::new(ProblemKind::TooEarly, detail)
}

fn answer(record: &PaymentsRecord, now: Timestamp) -> Answer<Data<ExclusionBody>> {
    Answer::ok(Data { data: ExclusionBody::new(record, now) })
}
