use crate::action::{ActedLetter, ActionOutcome, Author, act_on_all, act_on_one};
use crate::body::queue_list;
use crate::look;
use crate::query::DeadLetterQuery;
use crate::traffic::{queue_minutes, sockets_body, span_body, traffic_body};
use axum::extract::{Path, State};
use axum::{Router, routing};
use evens_audit_log::Actor;
use evens_contracts::{
    BooksBody, Data, DeadLetterAction, DeadLetterActionBody, DeadLetterActionListAnswer, DeadLetterAnswer,
    DeadLetterId, DeadLetterListAnswer, DeadLetterMode, DeadLettersRequest, DecisionRequest, Problem,
    ProblemKind, QueueListAnswer, QueueMinutesBody, SocketsBody, Time, TrafficBody, TrafficMinutesAnswer,
};
use evens_http::{Answer, Caller, JsonBody, Refusal, Staff};
use evens_ledger::UserId;
use evens_payments::ActReason;
use evens_runtime::Context;

pub fn router() -> Router<Context> {
    Router::new()
        .route("/api/operator/queues", routing::get(list_queues))
        .route("/api/operator/queues/minutes", routing::get(list_queue_minutes))
        .route("/api/operator/sockets", routing::get(read_sockets))
        .route("/api/operator/metrics", routing::get(read_traffic))
        .route("/api/operator/metrics/minutes", routing::get(list_traffic_minutes))
        .route("/api/operator/books", routing::get(read_books))
        .route("/api/operator/dead-letters", routing::get(list_letters).post(act_on_letters))
        .route("/api/operator/dead-letters/{deadLetterId}", routing::get(read_letter))
        .route("/api/operator/dead-letters/{deadLetterId}/redrive", routing::post(redrive_letter))
        .route("/api/operator/dead-letters/{deadLetterId}/delete", routing::post(delete_letter))
}

async fn list_queues(
    State(context): State<Context>,
    Staff(_): Staff,
) -> Result<Answer<QueueListAnswer>, Refusal> {
    Ok(Answer::ok(queue_list(&look::overview(&context).await?)))
}

async fn list_queue_minutes(
    State(context): State<Context>,
    Staff(_): Staff,
) -> Result<Answer<Data<QueueMinutesBody>>, Refusal> {
    let minutes = context.metrics.traffic_minutes().ok_or_else(not_counted)?;
    Ok(Answer::ok(Data { data: queue_minutes(&minutes) }))
}

async fn read_sockets(
    State(context): State<Context>,
    Staff(_): Staff,
) -> Result<Answer<Data<SocketsBody>>, Refusal> {
    let report = context.metrics.socket_report().ok_or_else(|| {
        let detail = "This process has no live channel. On AWS, clients poll.";
        Problem::new(ProblemKind::SwitchedOff, detail)
    })?;
    Ok(Answer::ok(Data { data: sockets_body(&report) }))
}

async fn read_traffic(
    State(context): State<Context>,
    Staff(_): Staff,
) -> Result<Answer<Data<TrafficBody>>, Refusal> {
    let report = context.metrics.traffic_report(context.clock.now().as_millisecond());
    Ok(Answer::ok(Data { data: traffic_body(&report.ok_or_else(not_counted)?) }))
}

async fn list_traffic_minutes(
    State(context): State<Context>,
    Staff(_): Staff,
) -> Result<Answer<TrafficMinutesAnswer>, Refusal> {
    let minutes = context.metrics.traffic_minutes().ok_or_else(not_counted)?;
    Ok(Answer::ok(TrafficMinutesAnswer { data: minutes.iter().map(span_body).collect() }))
}

async fn read_books(
    State(context): State<Context>,
    Staff(_): Staff,
) -> Result<Answer<Data<BooksBody>>, Refusal> {
    let progress = context.store.load_verify_progress().await?;
    let data = BooksBody {
        checked_at: progress.last_check.map(|check| check.at.into()),
        all_checked_at: progress.all_checked_at().map(Time::from),
        violations: progress.last_check.map_or(0, |check| check.movement_violations) + progress.violations(),
    };
    Ok(Answer::ok(Data { data }))
}

/// On Lambda a process handles one request at a time, and its counts go to `CloudWatch`.
fn not_counted() -> Problem {
    let detail = "This process does not count the traffic of the platform. On AWS, CloudWatch has its metrics, \
                  in the namespace Evens/{stage} and on the dashboard of the stage.";
    Problem::new(ProblemKind::SwitchedOff, detail)
}

async fn list_letters(
    State(context): State<Context>,
    Staff(_): Staff,
    DeadLetterQuery { filter, limit }: DeadLetterQuery,
) -> Result<Answer<DeadLetterListAnswer>, Refusal> {
    let look = look::list(&context, &filter, limit.get()).await?;
    Ok(Answer::ok(DeadLetterListAnswer::from(&look)))
}

async fn read_letter(
    State(context): State<Context>,
    Staff(_): Staff,
    Path(id): Path<String>,
) -> Result<Answer<DeadLetterAnswer>, Refusal> {
    let found = look::find(&context, &parse_id(&id)?).await?.ok_or_else(not_found)?;
    Ok(Answer::ok(DeadLetterAnswer { data: (&found).into() }))
}

async fn redrive_letter(
    State(context): State<Context>,
    Staff(caller): Staff,
    Path(id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Answer<Data<DeadLetterActionBody>>, Refusal> {
    act_on_letter(&context, caller, &id, DeadLetterAction::Redrive, &body).await
}

async fn delete_letter(
    State(context): State<Context>,
    Staff(caller): Staff,
    Path(id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Answer<Data<DeadLetterActionBody>>, Refusal> {
    act_on_letter(&context, caller, &id, DeadLetterAction::Delete, &body).await
}

async fn act_on_letter(
    context: &Context,
    caller: Caller,
    id: &str,
    action: DeadLetterAction,
    body: &[u8],
) -> Result<Answer<Data<DeadLetterActionBody>>, Refusal> {
    let author = author(caller.user, &DecisionRequest::parse(body)?.reason);
    may_act(context, caller, action)?;
    let acted = act_on_one(context, &parse_id(id)?, action, &author).await?.ok_or_else(not_found)?;
    record(caller.user, &acted);
    match acted.outcome {
        ActionOutcome::NotAJob => {
            let detail = "The dead letter does not contain a job of its queue. Delete it, or let it expire.";
            Err(Problem::new(ProblemKind::NotAJob, detail).into())
        }
        ActionOutcome::Kept => Err(Problem::unavailable().into()),
        _ => Ok(Answer::ok(Data { data: (&acted).into() })),
    }
}

async fn act_on_letters(
    State(context): State<Context>,
    Staff(caller): Staff,
    JsonBody(body): JsonBody,
) -> Result<Answer<DeadLetterActionListAnswer>, Refusal> {
    let DeadLettersRequest { action, filter, limit, mode } = DeadLettersRequest::parse(&body)?;
    let note = |acted: &ActedLetter| record(caller.user, acted);
    let author = match &mode {
        DeadLetterMode::DryRun => None,
        DeadLetterMode::Act(reason) => {
            may_act(&context, caller, action)?;
            Some(author(caller.user, reason))
        }
    };
    let done = act_on_all(&context, &filter, limit.get(), action, author.as_ref(), note).await?;
    Ok(Answer::ok(DeadLetterActionListAnswer::from(&done)))
}

/// A deleted letter is gone for good, so a deletion needs a recent login. A job that is sent again is harmless.
fn may_act(context: &Context, caller: Caller, action: DeadLetterAction) -> Result<(), Problem> {
    match action {
        DeadLetterAction::Redrive => Ok(()),
        DeadLetterAction::Delete => caller.require_recent_login(context.clock.now()),
    }
}

fn author(operator: UserId, reason: &ActReason) -> Author {
    Author { actor: Actor::User(operator), reason: reason.as_str().to_owned() }
}

/// Logs an action that changed something: operator, letter and outcome.
fn record(operator: UserId, acted: &ActedLetter) {
    let ActedLetter { letter, outcome } = acted;
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

/// A malformed id gets the same `404` as an unknown one.
fn parse_id(text: &str) -> Result<DeadLetterId, Problem> {
    text.parse().map_err(|_| not_found())
}

fn not_found() -> Problem {
    let detail = "There is no dead letter with this id, or it is not visible now: another request holds it, or \
                  it is behind others of its group. Try again in a minute.";
    Problem::new(ProblemKind::NotFound, detail).about_field("deadLetterId")
}
