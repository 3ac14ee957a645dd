use crate::reads;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Router, routing};
use evens_audit_log::{Act, Action, Actor};
use evens_contracts::{
    Data, DecisionRequest, FinishRoundJob, OpenRoundRequest, Problem, ProblemKind, ResultRequest, RoundBody,
    parse_round_id,
};
use evens_exchange::{Round, RoundId, RoundStep, RoundTerms, RoundTotals, SignedResult};
use evens_http::{Answer, JsonBody, Refusal, Staff, TracedContext};
use evens_ledger::UserId;
use evens_queues::OutgoingJob;
use evens_runtime::Context;
use evens_store::{CountedTotals, RoundWrite};
use jiff::Timestamp;
use std::time::Duration;

pub fn router() -> Router<Context> {
    Router::new()
        .route("/api/rounds", routing::post(open))
        .route("/api/rounds/{roundId}/close", routing::post(close))
        .route("/api/rounds/{roundId}/result", routing::post(take_result))
        .route("/api/rounds/{roundId}/cancel", routing::post(cancel))
        .merge(reads::router())
}

async fn open(
    State(context): State<Context>,
    Staff(caller): Staff,
    JsonBody(body): JsonBody,
) -> Result<Answer<Data<RoundBody>>, Refusal> {
    let now = context.clock.now();
    let request = OpenRoundRequest::parse(&body, now)?;
    let stake_min_allowed = context.settings.betting.stake_min;
    let written = match context.store.load_round(&request.round_id).await? {
        Some(found) => RoundWrite::Found(found),
        None => open_new(&context, &request, caller.user, now).await?,
    };
    match written {
        RoundWrite::Written(round) => {
            tracing::info!("round.id" = %round.id, "user.id" = %caller.user, "Opened round {}", round.id);
            // A new round has no bets to add up.
            let answer = Data::<RoundBody>::new(&round, &RoundTotals::NOTHING, now);
            Ok(Answer::new(StatusCode::CREATED, answer))
        }
        RoundWrite::Found(found) => match request.differs_from(&found, stake_min_allowed) {
            None => Ok(Answer::new(StatusCode::CREATED, answer(&context, &found).await?).replayed(true)),
            Some(field) => {
                let detail = format!("Round {} already exists with a different {field}.", found.id);
                Err(Problem::new(ProblemKind::RoundExists, detail).about_field("roundId").into())
            }
        },
    }
}

/// Only a round that does not exist yet gets a seed.
async fn open_new(
    context: &Context,
    request: &OpenRoundRequest,
    operator: UserId,
    now: Timestamp,
) -> Result<RoundWrite, Refusal> {
    let seed = context.entropy.seed()?;
    let terms = RoundTerms {
        id: request.round_id.clone(),
        draw: request.draw.clone(),
        opened_by: Some(operator),
        stake_min: request.stake_min.unwrap_or_default().max(context.settings.betting.stake_min),
        commission: request.commission.unwrap_or(context.settings.bets.commission),
        deadlines: Some(request.deadlines(now)),
    };
    let act = act(operator, Action::OpenRound, &request.round_id, "");
    Ok(context.store.open_round_by(Round::open(terms, &seed, now), &seed, &act, now).await?)
}

async fn close(
    TracedContext(context): TracedContext,
    Staff(caller): Staff,
    Path(round_id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Answer<Data<RoundBody>>, Refusal> {
    let decision = DecisionRequest::parse(&body)?;
    caller.require_recent_login(context.clock.now())?;
    make_step(&context, &round_id, caller.user, &Step::Close(decision)).await
}

async fn take_result(
    TracedContext(context): TracedContext,
    Staff(caller): Staff,
    Path(round_id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Answer<Data<RoundBody>>, Refusal> {
    let ResultRequest { result } = ResultRequest::parse(&body)?;
    make_step(&context, &round_id, caller.user, &Step::TakeResult(result)).await
}

async fn cancel(
    TracedContext(context): TracedContext,
    Staff(caller): Staff,
    Path(round_id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Answer<Data<RoundBody>>, Refusal> {
    let decision = DecisionRequest::parse(&body)?;
    caller.require_recent_login(context.clock.now())?;
    make_step(&context, &round_id, caller.user, &Step::Cancel(decision)).await
}

/// A requested step of a round.
enum Step {
    Close(DecisionRequest),
    TakeResult(SignedResult),
    Cancel(DecisionRequest),
}

impl Step {
    fn decide(&self, round: &Round, now: Timestamp) -> RoundStep {
        match self {
            Self::Close(_) => round.close(now),
            Self::TakeResult(result) => round.take_result(result.clone(), now),
            Self::Cancel(_) => round.cancel(now),
        }
    }

    /// The step in log messages.
    fn as_str(&self) -> &'static str {
        match self {
            Self::Close(_) => "Closed",
            Self::TakeResult(_) => "Took the result of",
            Self::Cancel(_) => "Cancelled",
        }
    }

    /// The audit log line of the step.
    fn act(&self, by: UserId, round: &RoundId) -> Act {
        let (action, reason) = match self {
            Self::Close(decision) => (Action::CloseRound, decision.reason.as_str()),
            Self::TakeResult(_) => (Action::ResultRound, ""),
            Self::Cancel(decision) => (Action::CancelRound, decision.reason.as_str()),
        };
        act(by, action, round, reason)
    }
}

/// The store fills in the states before and after.
fn act(by: UserId, action: Action, round: &RoundId, reason: &str) -> Act {
    let (before, after) = (String::new(), String::new());
    let (actor, subject) = (Actor::User(by), round.to_string());
    Act { actor, action, subject, reason: reason.to_owned(), before, after }
}

/// Moves a round on from its current state. After a lost race, tries again from the new state. A round has only a few
/// steps, so the loop ends.
async fn make_step(
    context: &Context,
    round_id: &str,
    operator: UserId,
    step: &Step,
) -> Result<Answer<Data<RoundBody>>, Refusal> {
    let Some(mut round) = context.store.load_round(&parse_round_id(round_id)?).await? else {
        let detail = "There is no round with this id.";
        return Err(Problem::new(ProblemKind::NotFound, detail).about_field("roundId").into());
    };
    let act = step.act(operator, &round.id);
    loop {
        let now = context.clock.now();
        let moved = match step.decide(&round, now) {
            RoundStep::Made(moved) => *moved,
            RoundStep::MadeBefore => {
                // Possibly a repeat of this operator's own request whose answer was lost.
                let did = step.as_str();
                tracing::info!("round.id" = %round.id, "user.id" = %operator, "{did} round {} before; the repeat changed nothing", round.id);
                return Ok(Answer::ok(answer(context, &round).await?).replayed(true));
            }
            refused => return Err(refusal(&round, &refused).into()),
        };
        match context.store.move_round_by(&round, moved, &act, now).await? {
            RoundWrite::Found(found) => round = found,
            RoundWrite::Written(moved) => {
                let did = step.as_str();
                tracing::info!("round.id" = %moved.id, "user.id" = %operator, "{did} round {}", moved.id);
                ask_for_finish(context, &moved).await;
                return Ok(Answer::ok(answer(context, &moved).await?));
            }
        }
    }
}

fn refusal(round: &Round, step: &RoundStep) -> Problem {
    let id = &round.id;
    match step {
        RoundStep::BadSignature => Problem::invalid(
            "signature",
            format_args!("is not the oracle's signature of this result of round {id}"),
        ),
        RoundStep::NoOracle => {
            let detail = format!("Round {id} has no oracle: its draw is {}.", round.draw.as_str());
            Problem::new(ProblemKind::RoundState, detail)
        }
        RoundStep::ResultedOtherwise => {
            Problem::new(ProblemKind::RoundState, format!("Round {id} already has the other result."))
        }
        RoundStep::StillClosing => {
            let detail = format!(
                "Round {id} has just closed and cannot take its result yet. Repeat the request in a moment."
            );
            Problem::new(ProblemKind::RoundState, detail).retry_after(Duration::from_secs(1))
        }
        RoundStep::WrongSeed | RoundStep::NotPossible { .. } | RoundStep::MadeBefore | RoundStep::Made(_) => {
            let detail =
                format!("Round {id} is {}, which does not allow this step.", round.state.name().as_str());
            Problem::new(ProblemKind::RoundState, detail)
        }
    }
}

/// Sends the job that finishes an ended round. A failure does not undo the end: the sweeper sends the job again.
pub async fn ask_for_finish(context: &Context, round: &Round) {
    let job = FinishRoundJob { round_id: round.id.clone(), after_match: None };
    // A round that is closed and later resulted or cancelled needs the job each time, so each one has its own id.
    let nudge = context.clock.now().as_millisecond().unsigned_abs();
    let outgoing = OutgoingJob::of(job).nudged(nudge);
    context.ask_for(vec![outgoing], || format!("the finish of round {}", round.id)).await;
}

async fn answer(context: &Context, round: &Round) -> Result<Data<RoundBody>, Refusal> {
    let CountedTotals { totals, as_of } =
        context.store.load_round_totals(&round.id, context.clock.now()).await?;
    Ok(Data::<RoundBody>::new(round, &totals, as_of))
}
