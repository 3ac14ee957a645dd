//! The routes of reality checks.

use axum::extract::State;
use axum::{Router, routing};
use evens_contracts::{RealityCheckAnswer, RealityCheckBody, SetRealityCheckRequest};
use evens_http::{Answer, Caller, JsonBody, Refusal};
use evens_payments::Cashier;
use evens_runtime::Context;
use jiff::Timestamp;
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
) -> Result<Answer<RealityCheckAnswer>, Refusal> {
    let SetRealityCheckRequest { every } = SetRealityCheckRequest::parse(&body)?;
    let now = context.clock.now();
    change(&context, caller, now, |cashier| cashier.set_reality_check(every, now)).await
}

async fn acknowledge(
    State(context): State<Context>,
    caller: Caller,
) -> Result<Answer<RealityCheckAnswer>, Refusal> {
    let now = context.clock.now();
    change(&context, caller, now, |cashier| cashier.acknowledge_reality_check(now)).await
}

async fn change(
    context: &Context,
    caller: Caller,
    now: Timestamp,
    change: impl Fn(&Cashier) -> Cashier,
) -> Result<Answer<RealityCheckAnswer>, Refusal> {
    let changed = |cashier: &Cashier| Ok::<_, Infallible>(change(cashier));
    let Ok((cashier, _)) = context.store.change_limits(caller.user, now, changed).await?;
    Ok(Answer::ok(RealityCheckAnswer { data: RealityCheckBody::new(&cashier, caller.session_started_at) }))
}
