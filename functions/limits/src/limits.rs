//! The routes of limits.

use crate::{problem, zone};
use axum::extract::{Path, State};
use axum::{Router, routing};
use evens_contracts::{
    Data, LimitBody, LimitListBody, Problem, ProblemKind, RealityCheckBody, SetLimitRequest, parse_limit_id,
    time_in_words,
};
use evens_http::{Answer, Caller, JsonBody, Refusal};
use evens_own_limits::{ConfirmRefusal, LimitId, PlayLimits};
use evens_payments::PaymentsRecord;
use evens_runtime::Context;
use jiff::Timestamp;
use std::convert::Infallible;

pub(crate) fn router() -> Router<Context> {
    Router::new()
        .route("/api/limits", routing::get(list_limits).post(set_limit))
        .route("/api/limits/{limitId}/confirm", routing::post(confirm_limit))
}

async fn list_limits(
    State(context): State<Context>,
    caller: Caller,
) -> Result<Answer<Data<LimitListBody>>, Refusal> {
    let (record, play) = context.store.load_limits(caller.user).await?;
    let used = record.used_limits(&play, &zone(&context), context.clock.now());
    let limits = used.iter().map(LimitBody::from).collect();
    let reality_check = RealityCheckBody::new(&record, caller.session_started_at);
    Ok(Answer::ok(Data { data: LimitListBody { limits, reality_check } }))
}

async fn set_limit(
    State(context): State<Context>,
    caller: Caller,
    JsonBody(body): JsonBody,
) -> Result<Answer<Data<LimitBody>>, Refusal> {
    let SetLimitRequest { id, limit } = SetLimitRequest::parse(&body)?;
    let now = context.clock.now();
    let set = |record: &PaymentsRecord| Ok::<_, Infallible>(record.ask_limit(id, limit, now));
    let set = context.store.change_limits(caller.user, now, set).await?;
    let (record, play) = set.map_err(|refusal| problem(refusal, |never| match never {}))?;
    Ok(answer(&context, &record, &play, id, now))
}

async fn confirm_limit(
    State(context): State<Context>,
    caller: Caller,
    Path(limit_id): Path<String>,
) -> Result<Answer<Data<LimitBody>>, Refusal> {
    let (id, now) = (parse_limit_id(&limit_id)?, context.clock.now());
    let confirmed =
        context.store.change_limits(caller.user, now, |record| record.confirm_limit(id, now)).await?;
    let (record, play) = confirmed.map_err(|refusal| problem(refusal, |refusal| unconfirmed(&refusal)))?;
    Ok(answer(&context, &record, &play, id, now))
}

fn answer(
    context: &Context,
    record: &PaymentsRecord,
    play: &PlayLimits,
    id: LimitId,
    now: Timestamp,
) -> Answer<Data<LimitBody>> {
    let data = LimitBody::from(&record.used_limit(id, play, &zone(context), now));
    Answer::ok(Data { data })
}

fn unconfirmed(refusal: &ConfirmRefusal) -> Problem {
    let (kind, detail) = match refusal {
        ConfirmRefusal::NothingWanted => {
            let detail = "There is no higher limit to confirm: none was requested, it applies already, or it \
                          was not confirmed within a week. Request it again if you still want it.";
            (ProblemKind::NothingToConfirm, detail.to_owned())
        }
        ConfirmRefusal::TooEarly { from } => (
            ProblemKind::TooEarly,
            format!("You can confirm the higher limit from {}.", time_in_words(*from)),
        ),
    };
    Problem::new(kind, detail).about_field("limitId")
}
