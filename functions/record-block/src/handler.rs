use axum::extract::Path;
use axum::{Router, routing};
use evens_contracts::{PeriodAnswer, Problem, ProblemKind, RecordBlockRequest, parse_room, unknown_period};
use evens_games::{BlockSource, Period, PeriodStateName, TakeBlockOutcome};
use evens_http::{Answer, JsonBody, Refusal, Staff, TracedContext};
use evens_runtime::Context;
use evens_store::PeriodWrite;
use std::time::Duration;

pub fn router() -> Router<Context> {
    Router::new().route("/api/games/{gameType}/{duration}/block", routing::post(record_block))
}

async fn record_block(
    TracedContext(context): TracedContext,
    Staff(caller): Staff,
    Path((game_type, duration)): Path<(String, String)>,
    JsonBody(body): JsonBody,
) -> Result<Answer<PeriodAnswer>, Refusal> {
    let request = RecordBlockRequest::parse(&body)?;
    let (id, block) = request.in_room(parse_room(&game_type, &duration)?)?;
    let mut period = context.store.load_period(id).await?.ok_or_else(unknown_period)?;
    // After a lost race, decides again. A period has only a few steps, so the loop ends.
    loop {
        let taken = match period.take_block(block) {
            TakeBlockOutcome::Taken(taken) => *taken,
            TakeBlockOutcome::TakenBefore => {
                return Ok(Answer::ok(PeriodAnswer::from(&period)).replayed(true));
            }
            outcome => return Err(refusal(&period, &outcome).into()),
        };
        match context.store.move_period(&period, taken).await? {
            PeriodWrite::Found(found) => period = found,
            PeriodWrite::Written(written) => {
                let number = block.number();
                tracing::info!("period.id" = %id, "user.id" = %caller.user, block = number, "Recorded block {number} for period {id}");
                return Ok(Answer::ok(PeriodAnswer::from(&written)));
            }
        }
    }
}

fn refusal(period: &Period, outcome: &TakeBlockOutcome) -> Problem {
    let id = period.id.digits();
    let not_now = |detail: String| Problem::new(ProblemKind::PeriodState, format!("Period {id} {detail}."));
    match outcome {
        TakeBlockOutcome::NoBlockWanted => not_now("is drawn without a block".to_owned()),
        TakeBlockOutcome::AnotherSource { source: BlockSource::Oracle(_) } => Problem::invalid(
            "signature",
            format_args!("is not the oracle's signature of this block for period {id}"),
        ),
        TakeBlockOutcome::AnotherSource { source } => {
            not_now(format!("is drawn with a block of {source}, not of an oracle"))
        }
        TakeBlockOutcome::HasAnother { block } => not_now(format!("already has block {}", block.number())),
        TakeBlockOutcome::TooEarly { from } => Problem::invalid(
            "timestamp",
            format_args!("is before {from}. A block with a time from then on draws the period"),
        ),
        TakeBlockOutcome::TooLate { until } => Problem::invalid(
            "timestamp",
            format_args!("is not before {until}. Only an earlier block draws the period"),
        ),
        TakeBlockOutcome::NotClosed { state: PeriodStateName::Open | PeriodStateName::Closing } => {
            not_now("has not closed yet. Repeat the request in a moment".to_owned())
                .retry_after(Duration::from_secs(1))
        }
        TakeBlockOutcome::NotClosed { .. } | TakeBlockOutcome::TakenBefore | TakeBlockOutcome::Taken(_) => {
            not_now(format!("is {}", period.state.name().as_str()))
        }
    }
}
