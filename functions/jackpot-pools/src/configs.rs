//! `PATCH /api/jackpots/{group}/config`.

use crate::measured::{Measured, store};
use axum::extract::{Path, State};
use axum::{Router, routing};
use evens_audit_log::{Act, Action, Actor};
use evens_contracts::{JackpotConfigAnswer, Problem, UpdateJackpotRequest, parse_jackpot};
use evens_http::{Answer, JsonBody, Refusal, Staff};
use evens_jackpots::{JackpotAction, JackpotConfig, JackpotTerms, UpdateConfig};
use evens_ledger::UserId;
use evens_metrics::JackpotOutcome;
use evens_runtime::Context;

pub(crate) fn router() -> Router<Context> {
    Router::new().route("/api/jackpots/{group}/config", routing::patch(update))
}

async fn update(
    State(context): State<Context>,
    Staff(caller): Staff,
    Path(group): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Answer<JackpotConfigAnswer>, Refusal> {
    let UpdateJackpotRequest { expected_version, terms } = UpdateJackpotRequest::parse(&body)?;
    let group = parse_jackpot(&group)?;
    let measured = Measured::begin(&context, JackpotAction::UpdateConfig, group);
    let update = UpdateConfig { group, expected_version, terms };
    let told = |before: Option<&JackpotConfig>, after: &JackpotConfig| told(caller.user, before, after);
    let store = store(&context);
    match store.update_jackpot_config(&update, told, context.clock.now()).await {
        Ok(Ok(config)) => {
            measured.end(JackpotOutcome::Done);
            tracing::info!(group = group.as_str(), "Jackpot {group} has terms {}", config.version);
            Ok(Answer::ok(JackpotConfigAnswer::from(&config)))
        }
        Ok(Err(violation)) => {
            measured.conflicted();
            measured.end(JackpotOutcome::Refused);
            Err(Problem::concurrency_violation(&violation).into())
        }
        Err(error) => {
            measured.end(JackpotOutcome::Failed);
            Err(error.into())
        }
    }
}

fn told(by: UserId, before: Option<&JackpotConfig>, after: &JackpotConfig) -> Act {
    Act {
        actor: Actor::User(by),
        action: Action::UpdateJackpot,
        subject: after.group.to_string(),
        reason: String::new(),
        before: before.map_or_else(|| "not open".to_owned(), stands),
        after: stands(after),
    }
}

fn stands(config: &JackpotConfig) -> String {
    let JackpotConfig { version, terms, .. } = config;
    let by = JackpotTerms::must_hit_by(terms).map_or_else(String::new, |by| format!(", won by {by}"));
    let (start, rate, reserve, odds) = (terms.start(), terms.rate(), terms.reserve_rate(), terms.odds());
    format!("version {version}: start {start}, rate {rate} and {reserve}, odds {odds}{by}")
}
