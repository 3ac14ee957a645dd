use axum::extract::{Path, State};
use axum::{Router, routing};
use evens_audit_log::Actor;
use evens_contracts::{SetSwitchRequest, SwitchListAnswer, parse_switch_name};
use evens_http::{Answer, JsonBody, Refusal, Staff};
use evens_runtime::Context;
use evens_switches::{SetSwitch, SetSwitchOutcome};

pub fn router() -> Router<Context> {
    Router::new()
        .route("/api/operator/switches", routing::get(list))
        .route("/api/operator/switches/{switch}", routing::post(set))
}

async fn list(State(context): State<Context>, Staff(_): Staff) -> Result<Answer<SwitchListAnswer>, Refusal> {
    Ok(Answer::ok(SwitchListAnswer::from(&context.store.load_switches().await?)))
}

async fn set(
    State(context): State<Context>,
    Staff(caller): Staff,
    Path(switch): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Answer<SwitchListAnswer>, Refusal> {
    let SetSwitchRequest { state, reason } = SetSwitchRequest::parse(&body)?;
    let now = context.clock.now();
    caller.require_recent_login(now)?;
    let name = parse_switch_name(&switch)?;
    let (by, reason) = (Actor::User(caller.user), reason.as_str().to_owned());
    let outcome = context.store.set_switch(&SetSwitch { name, state, by, reason }, now).await?;
    // Requests to this process follow at once.
    context.switches.forget().await;
    match outcome {
        SetSwitchOutcome::Set { switches, .. } => {
            tracing::warn!(switch = %name, %state, actor = %by, "{by} set the switch {name} to {state}");
            Ok(Answer::ok(SwitchListAnswer::from(&switches)))
        }
        SetSwitchOutcome::SetBefore(switches) => {
            Ok(Answer::ok(SwitchListAnswer::from(&switches)).replayed(true))
        }
    }
}
