//! `PATCH /api/jackpots/{group}/config`.

use axum::extract::{Path, State};
use axum::{Router, routing};
use evens_audit_log::{Act, Action, Actor};
use evens_contracts::{JackpotConfigAnswer, Problem, ProblemKind, UpdateJackpotRequest, parse_jackpot};
use evens_http::{Answer, Caller, JsonBody, Refusal, Staff};
use evens_jackpots::{
    AwardAct, ConfigAct, ConfigStep, JackpotAction, JackpotConfig, JackpotGroup, Rate, UpdateConfig,
    UpdateConfigRefusal,
};
use evens_metrics::JackpotOutcome;
use evens_runtime::{Context, JackpotOperation};
use jiff::Timestamp;

pub(crate) fn router() -> Router<Context> {
    Router::new().route("/api/jackpots/{group}/config", routing::patch(update))
}

async fn update(
    State(context): State<Context>,
    Staff(caller): Staff,
    Path(group): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Answer<JackpotConfigAnswer>, Refusal> {
    let UpdateJackpotRequest { expected_version, terms, reason } = UpdateJackpotRequest::parse(&body)?;
    let group = parse_jackpot(&group)?;
    if !is_fresh(&caller, context.clock.now()) {
        let detail = "Changing terms needs a login within the last 15 minutes. Log in again.";
        return Err(Problem::new(ProblemKind::LoginTooOld, detail).into());
    }
    if terms.returns_too_much() {
        let (returned, max) = (terms.return_max(), Rate::MAX);
        let detail = format!(
            "These terms return up to {returned} of each stake to winners, and three jackpots may together return the \
             fee of the games, {max} each. Raise odds or mustHitBy, or lower startAmount or rate."
        );
        return Err(Problem::new(ProblemKind::JackpotState, detail).about_field("startAmount").into());
    }
    let id = format!("{group}-terms-{}", expected_version.saturating_add(1));
    let measured = JackpotOperation::begin(&context, JackpotAction::UpdateConfig, group, id);
    let update = UpdateConfig { group, expected_version, terms };
    let act = ConfigAct { by: caller.user, reason: reason.as_str().to_owned() };
    let act_of = |before: Option<&JackpotConfig>, step: &ConfigStep| audit_act(&act, group, before, step);
    let store = measured.store();
    match store.update_jackpot_config(&update, &act, act_of, context.clock.now()).await {
        Ok(Ok(step)) => {
            measured.end(JackpotOutcome::Done);
            let version = step.config().version;
            match step {
                ConfigStep::Propose(_) => {
                    tracing::info!(group = group.as_str(), "Proposed terms {version} of jackpot {group}");
                }
                ConfigStep::Change(_) => {
                    tracing::info!(group = group.as_str(), "Set terms {version} of jackpot {group}");
                }
            }
            Ok(Answer::ok(JackpotConfigAnswer::from(&step)))
        }
        Ok(Err(UpdateConfigRefusal::ProposedBefore(proposed))) => {
            measured.end(JackpotOutcome::Done);
            Ok(Answer::ok(JackpotConfigAnswer::from(proposed.as_ref())).replayed(true))
        }
        Ok(Err(UpdateConfigRefusal::Changed(violation))) => {
            measured.conflicted();
            measured.end(JackpotOutcome::Refused);
            Err(Problem::concurrency_violation(&violation).into())
        }
        Ok(Err(UpdateConfigRefusal::LimitReached(pool_amount))) => {
            measured.end(JackpotOutcome::Refused);
            let detail = format!(
                "The pool already holds {pool_amount}, so the next bet would win it. Set mustHitBy above that."
            );
            Err(Problem::new(ProblemKind::JackpotState, detail).about_field("mustHitBy").into())
        }
        Ok(Err(UpdateConfigRefusal::StartUnderOldLimit { limit, until })) => {
            measured.end(JackpotOutcome::Refused);
            let (until, hint) = match until {
                Some(until) => (until.to_string(), "Raise startAmount then."),
                None => (
                    "30 minutes after mustHitBy changes".to_owned(),
                    "Change mustHitBy first and raise startAmount 30 minutes later.",
                ),
            };
            let detail = format!(
                "Periods opened with a mustHitBy of {limit} may still win the jackpot until {until}, and each \
                 would win the new start amount. {hint}"
            );
            Err(Problem::new(ProblemKind::JackpotState, detail).about_field("startAmount").into())
        }
        Err(error) => {
            measured.end(JackpotOutcome::Failed);
            Err(error.into())
        }
    }
}

/// A refreshed token has no login time, so its login counts as too old.
fn is_fresh(caller: &Caller, now: Timestamp) -> bool {
    AwardAct::is_fresh(caller.logged_in_at.unwrap_or(Timestamp::UNIX_EPOCH), now)
}

fn audit_act(act: &ConfigAct, group: JackpotGroup, before: Option<&JackpotConfig>, step: &ConfigStep) -> Act {
    let after = step.config().to_string();
    Act {
        actor: Actor::User(act.by),
        action: Action::UpdateJackpot,
        subject: group.to_string(),
        reason: act.reason.clone(),
        before: before.map_or_else(|| "not open".to_owned(), ToString::to_string),
        after: match step {
            ConfigStep::Propose(_) => format!("proposed: {after}"),
            ConfigStep::Change(_) => after,
        },
    }
}
