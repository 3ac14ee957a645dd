//! `POST /api/jackpots/contribute`.

use crate::recent::RecentJackpots;
use axum::extract::Extension;
use axum::{Router, routing};
use evens_contracts::{ContributeAnswer, ContributeJob, ContributeRequest, Problem, ProblemKind};
use evens_http::{Answer, JsonBody, Refusal, Staff, TracedContext};
use evens_jackpots::{
    ByGroup, ContributeOutcome, ContributeRefusal, Contribution, DayIsFull, IsClosed, OperationId, contribute,
};
use evens_ledger::Amount;
use evens_metrics::JackpotOutcome;
use evens_queues::OutgoingJob;
use evens_runtime::telemetry::chain;
use evens_runtime::{Context, JackpotOperation};
use evens_store::StoreError;
use jiff::Timestamp;
use std::time::Duration;

pub(crate) fn router() -> Router<Context> {
    Router::new().route("/api/jackpots/contribute", routing::post(make))
}

async fn make(
    TracedContext(context): TracedContext,
    Extension(recent): Extension<RecentJackpots>,
    Staff(caller): Staff,
    JsonBody(body): JsonBody,
) -> Result<Answer<ContributeAnswer>, Refusal> {
    let request = ContributeRequest::parse(&body)?.at_most(context.settings.jackpots.contribution_max)?;
    let ContributeRequest { operation, amounts } = request;
    let groups = amounts.iter().filter(|(_, amount)| !amount.is_zero()).map(|(group, _)| group);
    let measured = JackpotOperation::begin_contribution(&context, groups, operation.to_string());
    let store = measured.store();
    let made = match decide(&context, &recent, &operation, &amounts).await {
        Ok(Ok((contribution, Ok(())))) => {
            let day_max = context.settings.jackpots.contributions_per_day_max;
            store.contribute_jackpot(&contribution.made_by(caller.user), Some(day_max)).await
        }
        // A repeat of a contribution made before the limit existed still gets its first answer.
        Ok(Ok((contribution, Err(limit)))) => {
            match store.find_repeated_contribution(&contribution.made_by(caller.user)).await {
                Ok(Some(made)) => Ok(made),
                Ok(None) => {
                    measured.end(JackpotOutcome::Refused);
                    return Err(problem_of(limit).into());
                }
                Err(error) => Err(error),
            }
        }
        Ok(Err(refusal)) => {
            measured.end(JackpotOutcome::Refused);
            return Err(problem_of(refusal).into());
        }
        Err(error) => Err(error),
    };
    match made {
        Ok(ContributeOutcome::Contributed { contribution, is_replay }) => {
            measured.end(JackpotOutcome::Done);
            Ok(Answer::ok(ContributeAnswer::from(&contribution)).replayed(is_replay))
        }
        Ok(ContributeOutcome::OperationReused) => {
            measured.end(JackpotOutcome::Refused);
            Err(reused().into())
        }
        Ok(ContributeOutcome::IsClosed(closed)) => {
            measured.end(JackpotOutcome::Refused);
            Err(is_closed(&closed).into())
        }
        Ok(ContributeOutcome::DayIsFull(full)) => {
            measured.end(JackpotOutcome::Refused);
            Err(day_is_full(&full, context.clock.now()).into())
        }
        Err(error) if error.is_retryable() => {
            let job = ContributeJob {
                operation: operation.to_string(),
                minor: amounts.minor.into(),
                major: amounts.major.into(),
                mega: amounts.mega.into(),
                by: Some(caller.user),
            };
            Err(hand_over(&context, measured, job, error).await)
        }
        Err(error) => {
            measured.end(JackpotOutcome::Failed);
            Err(error.into())
        }
    }
}

/// A contribution, and whether it may be made now.
type ContributionDecision = (Contribution, Result<(), ContributeRefusal>);

/// Splits the contribution by the cached terms. If a group is unknown, reads the terms again, because it may have just
/// been opened.
async fn decide(
    context: &Context,
    recent: &RecentJackpots,
    operation: &OperationId,
    amounts: &ByGroup<Amount>,
) -> Result<Result<ContributionDecision, ContributeRefusal>, StoreError> {
    let now = context.clock.now();
    let mut terms = recent.terms(context).await?;
    let mut decided = contribute(operation.clone(), amounts, &terms, now);
    if matches!(decided, Err(ContributeRefusal::NotOpen(_))) {
        terms = recent.terms_now(context).await?;
        decided = contribute(operation.clone(), amounts, &terms, now);
    }
    Ok(decided.map(|made| {
        let limit = made.brings_none_to_its_limit(&terms);
        (made, limit)
    }))
}

/// Queues a contribution that could not be made in time, under the same id. A repeat finds it made, or makes it. If the
/// queue fails too, nothing retries it, and the answer says so.
async fn hand_over(
    context: &Context,
    measured: JackpotOperation<'_>,
    job: ContributeJob,
    error: StoreError,
) -> Refusal {
    let id = job.operation.clone();
    match context.queues.send(vec![OutgoingJob::of(job)]).await {
        Ok(()) => {
            let cause = chain(&error);
            tracing::warn!(
                "operation.id" = id,
                error = cause,
                "Queued contribution {id} after a failed attempt"
            );
            measured.end(JackpotOutcome::HandedOver);
            later(
                "The contribution is queued and will be made under its opId. Repeat the request unchanged to \
                 see its result.",
            )
        }
        Err(unsent) => {
            let cause = chain(&unsent);
            tracing::error!(
                "operation.id" = id,
                error = cause,
                "Contribution {id} was neither made nor queued"
            );
            measured.end(JackpotOutcome::Failed);
            later("The contribution may not have been made and is not queued. Repeat the request unchanged.")
        }
    }
}

fn later(detail: &'static str) -> Refusal {
    Problem::new(ProblemKind::Unavailable, detail).retry_after(Duration::from_secs(1)).into()
}

fn problem_of(refusal: ContributeRefusal) -> Problem {
    match refusal {
        ContributeRefusal::Nothing => Problem::invalid(
            "minor",
            "is missing, as are major and mega. Give at \
                                                        least one of them",
        ),
        ContributeRefusal::NotOpen(group) => {
            let problem = Problem::new(ProblemKind::NotFound, format!("There is no jackpot {group}."));
            problem.about_field(group.as_str())
        }
        ContributeRefusal::HasLimit(group, limit) => {
            let detail = format!(
                "The {group} jackpot must be won at {limit}, so it takes contributions from bets only: others \
                 could choose the moment of the win."
            );
            Problem::new(ProblemKind::JackpotState, detail).about_field(group.as_str())
        }
    }
}

fn is_closed(closed: &IsClosed) -> Problem {
    let IsClosed { group, until } = closed;
    let detail = format!(
        "The mustHitBy limit of the {group} jackpot is changing, so it takes no contributions until {until}. \
         Nothing was contributed."
    );
    Problem::new(ProblemKind::JackpotState, detail).about_field(group.as_str())
}

/// The limit applies to all contributors together and resets on the next day.
fn day_is_full(full: &DayIsFull, now: Timestamp) -> Problem {
    let DayIsFull { group, brought, left, until } = full;
    let detail = format!(
        "The {group} jackpot received contributions of {brought} today, and at most {left} more is accepted \
         until {until}. Nothing was contributed. Repeat the request after that, or contribute less now with a \
         new opId."
    );
    let wait = until.duration_since(now).unsigned_abs();
    Problem::new(ProblemKind::TooManyRequests, detail).about_field(group.as_str()).retry_after(wait)
}

/// The operation id belongs to a different operation.
pub(crate) fn reused() -> Problem {
    let detail = "opId was already used for another operation. Use a new opId for each operation.";
    Problem::new(ProblemKind::IdempotencyKeyReused, detail).about_field("opId")
}
