//! The routes.

use crate::action::{Acted, Action, ActionOutcome, act_on_all, act_on_one};
use crate::body::queue_list;
use crate::look;
use crate::query::{Meant, Wanted};
use axum::extract::{Path, State};
use axum::{Router, routing};
use evens_contracts::{
    DeadLetterActionAnswer, DeadLetterActionListAnswer, DeadLetterAnswer, DeadLetterId, DeadLetterListAnswer,
    Problem, ProblemKind, QueueListAnswer,
};
use evens_ledger::UserId;
use evens_runtime::Context;
use evens_runtime::http::{Answer, Operator, Refusal};

/// The function's routes.
pub fn router() -> Router<Context> {
    let one = |action: Action| {
        routing::post(move |state: State<Context>, operator: Operator, id: Path<String>| {
            act_on_letter(state, operator, id, action)
        })
    };
    let several = |action: Action| {
        routing::post(move |state: State<Context>, operator: Operator, meant: Meant| {
            act_on_letters(state, operator, meant, action)
        })
    };
    Router::new()
        .route("/api/operator/queues", routing::get(list_queues))
        .route("/api/operator/dead-letters", routing::get(list_letters))
        .route("/api/operator/dead-letters/{deadLetterId}", routing::get(read_letter))
        .route("/api/operator/dead-letters/{deadLetterId}/redrive", one(Action::Redrive))
        .route("/api/operator/dead-letters/{deadLetterId}/delete", one(Action::Delete))
        .route("/api/operator/dead-letters/redrive", several(Action::Redrive))
        .route("/api/operator/dead-letters/delete", several(Action::Delete))
}

async fn list_queues(
    State(context): State<Context>,
    Operator(_): Operator,
) -> Result<Answer<QueueListAnswer>, Refusal> {
    Ok(Answer::ok(queue_list(&look::overview(&context).await?)))
}

async fn list_letters(
    State(context): State<Context>,
    Operator(_): Operator,
    Wanted { filter, limit }: Wanted,
) -> Result<Answer<DeadLetterListAnswer>, Refusal> {
    let look = look::list(&context, &filter, limit).await?;
    Ok(Answer::ok(DeadLetterListAnswer::from(&look)))
}

async fn read_letter(
    State(context): State<Context>,
    Operator(_): Operator,
    Path(id): Path<String>,
) -> Result<Answer<DeadLetterAnswer>, Refusal> {
    let found = look::find(&context, &parse_id(&id)?).await?.ok_or_else(not_found)?;
    Ok(Answer::ok(DeadLetterAnswer { data: (&found).into() }))
}

async fn act_on_letter(
    State(context): State<Context>,
    Operator(caller): Operator,
    Path(id): Path<String>,
    action: Action,
) -> Result<Answer<DeadLetterActionAnswer>, Refusal> {
    let acted = act_on_one(&context, &parse_id(&id)?, action).await?.ok_or_else(not_found)?;
    record(caller.user, &acted);
    match acted.outcome {
        ActionOutcome::NotAJob => {
            let detail =
                "What is in the dead letter is no job of its queue. Delete it, or leave it until it expires.";
            Err(Problem::new(ProblemKind::NotAJob, detail).into())
        }
        ActionOutcome::Kept => Err(Problem::unavailable().into()),
        _ => Ok(Answer::ok(DeadLetterActionAnswer { data: (&acted).into() })),
    }
}

async fn act_on_letters(
    State(context): State<Context>,
    Operator(caller): Operator,
    Meant { wanted, is_dry_run }: Meant,
    action: Action,
) -> Result<Answer<DeadLetterActionListAnswer>, Refusal> {
    let done = act_on_all(&context, &wanted.filter, wanted.limit, action, is_dry_run).await?;
    for acted in &done.acted {
        record(caller.user, acted);
    }
    Ok(Answer::ok(DeadLetterActionListAnswer::from(&done)))
}

/// Who did what to which dead letter, where something was done.
fn record(operator: UserId, acted: &Acted) {
    let Acted { letter, outcome } = acted;
    if !outcome.is_change() {
        return;
    }
    let (id, job, outcome) = (&letter.id, letter.job_id(), outcome.as_str());
    let of_job = job.as_deref().map_or_else(String::new, |job| format!(" of job {job}"));
    tracing::info!(
        "user.id" = %operator,
        "dead_letter.id" = %id,
        "job.id" = job,
        outcome,
        "Operator {operator}: dead letter {id}{of_job} was {outcome}"
    );
}

/// What cannot be a dead letter's id is a dead letter that does not exist.
fn parse_id(text: &str) -> Result<DeadLetterId, Problem> {
    text.parse().map_err(|_| not_found())
}

fn not_found() -> Problem {
    let detail = "There is no dead letter of this id, or somebody else is looking at it at the moment.";
    Problem::new(ProblemKind::NotFound, detail).about_field("deadLetterId")
}
