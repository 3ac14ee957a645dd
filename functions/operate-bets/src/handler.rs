use crate::{RefundDone, VoidDone, ledger, refund_bet, void_match};
use axum::extract::{Path, State};
use axum::{Router, routing};
use evens_audit_log::Actor;
use evens_contracts::{
    Data, DecisionRequest, Problem, ProblemKind, RefundBody, VoidBody, parse_bet_id, parse_match_id,
    parse_round_id,
};
use evens_exchange::{MatchId, VoidRefusal};
use evens_http::{Answer, JsonBody, Refusal, Staff};
use evens_runtime::Context;

pub fn router() -> Router<Context> {
    Router::new()
        .route("/api/operator/bets/{betId}/refund", routing::post(refund))
        .route("/api/operator/rounds/{roundId}/matches/{matchId}/void", routing::post(void))
        .merge(ledger::router())
}

async fn refund(
    State(context): State<Context>,
    Staff(caller): Staff,
    Path(bet_id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Answer<Data<RefundBody>>, Refusal> {
    let DecisionRequest { reason } = DecisionRequest::parse(&body)?;
    let (actor, now) = (Actor::User(caller.user), context.clock.now());
    caller.require_recent_login(now)?;
    let id = parse_bet_id(&bet_id)?;
    match refund_bet(&context.store, id, actor, reason.as_str(), now).await? {
        RefundDone::Refunded(refund) => Ok(Answer::ok(Data::<RefundBody>::new(id, &refund.entry))),
        RefundDone::Unknown => {
            let detail = "There is no bet with this id.";
            Err(Problem::new(ProblemKind::NotFound, detail).about_field("betId").into())
        }
        RefundDone::NothingWaits => {
            let detail = "The bet has no unmatched part: it is matched, settled or refunded.";
            Err(Problem::new(ProblemKind::NothingToRefund, detail).about_bet(id).into())
        }
        RefundDone::BalanceTooLarge => {
            let detail =
                "The refund would exceed the largest balance. Try again after the player has spent money.";
            Err(Problem::new(ProblemKind::NothingToRefund, detail).about_bet(id).into())
        }
    }
}

async fn void(
    State(context): State<Context>,
    Staff(caller): Staff,
    Path((round_id, match_id)): Path<(String, String)>,
    JsonBody(body): JsonBody,
) -> Result<Answer<Data<VoidBody>>, Refusal> {
    let DecisionRequest { reason } = DecisionRequest::parse(&body)?;
    let (actor, now) = (Actor::User(caller.user), context.clock.now());
    caller.require_recent_login(now)?;
    let (round, id) = (parse_round_id(&round_id)?, parse_match_id(&match_id)?);
    match void_match(&context.store, &round, id, actor, reason.as_str(), now).await? {
        VoidDone::Voided(void) => Ok(Answer::ok(Data::<VoidBody>::new(&void))),
        VoidDone::Unknown => {
            let detail = "There is no match with this id in the round.";
            Err(Problem::new(ProblemKind::NotFound, detail).about_field("matchId").into())
        }
        VoidDone::Refused(refusal) => Err(problem_of(id, &refusal).into()),
        VoidDone::Payable => {
            let detail = "The match has a winner that can be paid. Redrive its settle job instead.";
            Err(Problem::new(ProblemKind::RoundState, detail).about_field("matchId").into())
        }
        VoidDone::BalanceTooLarge => {
            let detail =
                "The stake would exceed the largest balance. Try again after the player has spent money.";
            Err(Problem::new(ProblemKind::RoundState, detail).about_field("matchId").into())
        }
    }
}

fn problem_of(id: MatchId, refusal: &VoidRefusal) -> Problem {
    let detail = format!("Match {id} cannot be voided: {refusal}.");
    let kind = match refusal {
        VoidRefusal::Ended(_) | VoidRefusal::WaitsForRound => ProblemKind::RoundState,
        VoidRefusal::MayStillEnd { .. } => ProblemKind::TooEarly,
    };
    Problem::new(kind, detail).about_field("matchId")
}
