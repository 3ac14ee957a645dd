//! The routes of exclusions.

use crate::zone;
use axum::extract::State;
use axum::{Router, routing};
use evens_contracts::{
    ExclusionAnswer, ExclusionBody, ExclusionRequest, Problem, ProblemKind, time_in_words,
};
use evens_http::{Answer, Caller, JsonBody, Refusal};
use evens_own_limits::EndExclusionRefusal;
use evens_payments::Cashier;
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
    let cashier = context.store.load_cashier(caller.user).await?;
    Ok(answer(&cashier, context.clock.now()))
}

async fn exclude(
    State(context): State<Context>,
    caller: Caller,
    JsonBody(body): JsonBody,
) -> Result<Answer<ExclusionAnswer>, Refusal> {
    let ExclusionRequest { months } = ExclusionRequest::parse(&body)?;
    let now = context.clock.now();
    let until = months.until(&zone(&context), now);
    let excluded =
        context.store.change_limits(caller.user, now, |cashier| cashier.exclude(until, now)).await?;
    let (cashier, _) = excluded.map_err(|short| Problem::invalid("months", short))?;
    tracing::info!("user.id" = %caller.user, "User {} excluded themselves", caller.user);
    Ok(answer(&cashier, now))
}

async fn end_exclusion(
    State(context): State<Context>,
    caller: Caller,
) -> Result<Answer<ExclusionAnswer>, Refusal> {
    let now = context.clock.now();
    let end = |cashier: &Cashier| Ok(cashier.end_exclusion(now)?.unwrap_or_else(|| cashier.clone()));
    match context.store.change_limits(caller.user, now, end).await? {
        Ok((cashier, _)) => Ok(answer(&cashier, now)),
        Err(EndExclusionRefusal::EndsAlready { .. }) => {
            let cashier = context.store.load_cashier(caller.user).await?;
            Ok(answer(&cashier, now).replayed(true))
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

fn answer(cashier: &Cashier, now: Timestamp) -> Answer<ExclusionAnswer> {
    Answer::ok(ExclusionAnswer { data: ExclusionBody::new(cashier, now) })
}
