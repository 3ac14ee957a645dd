//! `POST /api/operator/withdrawals/{orderId}/approve` and `reject`.

use crate::reviews::{answer, parse_id, unknown};
use axum::extract::{Extension, Path, State};
use axum::{Router, routing};
use evens_audit_log::{Act, Action, Actor};
use evens_contracts::{DecisionRequest, PayoutJob, Problem, ProblemKind, ReviewedWithdrawalAnswer};
use evens_http::{Answer, Caller, JsonBody, Refusal, Staff, TracedContext};
use evens_payments::{
    ActReason, ActRefusal, CashierAct, DecideRefusal, HoldRules, OrderId, Resolution, SettlePayoutInput,
    WithdrawalOrder, WithdrawalPlan, WithdrawalState, approve_withdrawal, reject_withdrawal,
};
use evens_queues::OutgoingJob;
use evens_runtime::Context;
use evens_store::OrderOutcome;
use jiff::Timestamp;

pub(crate) fn router() -> Router<Context> {
    Router::new()
        .route("/api/operator/withdrawals/{orderId}/approve", routing::post(approve))
        .route("/api/operator/withdrawals/{orderId}/reject", routing::post(reject))
}

async fn approve(
    TracedContext(context): TracedContext,
    Extension(holds): Extension<HoldRules>,
    Staff(caller): Staff,
    Path(order_id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Answer<ReviewedWithdrawalAnswer>, Refusal> {
    let (act, id, now) = (act(caller, &body)?, parse_id(&order_id)?, context.clock.now());
    let rule = |input: SettlePayoutInput<'_>| {
        let plan = approve_withdrawal(input.order, input.record, &act, &holds, now)?;
        Ok::<_, DecideRefusal>(audited_plan(plan, Action::ApproveWithdrawal, &act))
    };
    let outcome = context.store.act_on_withdrawal(id, now, rule).await?;
    let decided = decided(&context, id, outcome, ActRefusal::AgreedBefore.into(), problem_of).await?;
    if decided.order.state == WithdrawalState::Approved {
        let job = OutgoingJob::of(PayoutJob::of_order(id, decided.order.terms.user));
        context.ask_for(vec![job], || format!("the payout of {id}")).await;
    }
    Ok(decided.answer(&holds))
}

async fn reject(
    State(context): State<Context>,
    Extension(holds): Extension<HoldRules>,
    Staff(caller): Staff,
    Path(order_id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Answer<ReviewedWithdrawalAnswer>, Refusal> {
    let (act, id, now) = (act(caller, &body)?, parse_id(&order_id)?, context.clock.now());
    let rule = |input: SettlePayoutInput<'_>| {
        let plan = reject_withdrawal(input.order, input.record, input.wallet, &act, now)?;
        Ok::<_, DecideRefusal>(audited_plan(plan, Action::RejectWithdrawal, &act))
    };
    let outcome = context.store.act_on_withdrawal(id, now, rule).await?;
    let repeat = DecideRefusal::InState(WithdrawalState::Rejected);
    Ok(decided(&context, id, outcome, repeat, problem_of).await?.answer(&holds))
}

/// The deciding cashier and their reason. A refreshed token has no login time, so its login counts as too old.
pub(crate) fn act(caller: Caller, body: &[u8]) -> Result<CashierAct, Problem> {
    let DecisionRequest { reason } = DecisionRequest::parse(body)?;
    Ok(act_because(caller, reason))
}

/// The same, for bodies with more fields than the reason.
pub(crate) fn act_because(caller: Caller, reason: ActReason) -> CashierAct {
    let logged_in_at = caller.logged_in_at.unwrap_or(Timestamp::UNIX_EPOCH);
    CashierAct { by: caller.user, logged_in_at, reason }
}

/// The plan and its audit log line.
pub(crate) fn audited_plan(plan: WithdrawalPlan, action: Action, act: &CashierAct) -> (WithdrawalPlan, Act) {
    let before = plan.read.as_ref().map_or(String::new(), state_text);
    let line = audit_act(act, action, &plan.order.terms.id, before, state_text(&plan.order));
    (plan, line)
}

/// The audit log line of a cashier's action.
pub(crate) fn audit_act(
    act: &CashierAct,
    action: Action,
    subject: &impl ToString,
    before: String,
    after: String,
) -> Act {
    let (actor, subject, reason) = (Actor::User(act.by), subject.to_string(), act.reason.as_str().to_owned());
    Act { actor, action, subject, reason, before, after }
}

/// The state of a withdrawal in a few words.
fn state_text(order: &WithdrawalOrder) -> String {
    let attempt = order.attempt.map_or(0, |attempt| attempt.number);
    let state =
        format!("{} with {} approvals, attempt {attempt}", order.state.as_ref(), order.approvals.len());
    match &order.resolution {
        Some(Resolution { kind: Some(kind), approvals, .. }) => {
            format!("{state}, {kind} wanted by {}", approvals.len())
        }
        Some(Resolution { kind: None, since, .. }) => format!("{state}, stopped since {since}"),
        None => state,
    }
}

/// A withdrawal after a decision made now or earlier.
pub(crate) struct DecisionResult {
    pub(crate) order: WithdrawalOrder,
    pub(crate) is_replay: bool,
}

impl DecisionResult {
    pub(crate) fn answer(&self, holds: &HoldRules) -> Answer<ReviewedWithdrawalAnswer> {
        Answer::ok(answer(holds, &self.order)).replayed(self.is_replay)
    }
}

/// Turns the store's outcome into an answer. A refused repeat gets the answer of the first request.
pub(crate) async fn decided<Why: PartialEq>(
    context: &Context,
    id: OrderId,
    outcome: OrderOutcome<WithdrawalOrder, Why>,
    repeat: Why,
    problem_of: impl Fn(Why) -> Problem,
) -> Result<DecisionResult, Refusal> {
    match outcome {
        OrderOutcome::Changed(plan) => Ok(DecisionResult { order: plan.order, is_replay: false }),
        OrderOutcome::Refused(refusal) if refusal == repeat => {
            let order = context.store.load_withdrawal(id).await?.ok_or_else(unknown)?;
            Ok(DecisionResult { order, is_replay: true })
        }
        OrderOutcome::Refused(refusal) => Err(problem_of(refusal).into()),
        OrderOutcome::Unknown => Err(unknown().into()),
    }
}

fn problem_of(refusal: DecideRefusal) -> Problem {
    match refusal {
        DecideRefusal::Act(refusal) => may_not(refusal),
        DecideRefusal::InState(_) | DecideRefusal::BalanceTooLarge(_) => {
            let detail = format!("The withdrawal cannot be decided: {refusal}.");
            Problem::new(ProblemKind::OrderState, detail).about_field("orderId")
        }
    }
}

/// The problem returned to a cashier who may not decide.
pub(crate) fn may_not(refusal: ActRefusal) -> Problem {
    match refusal {
        ActRefusal::LoginTooOld => {
            let detail = "Decisions about money need a login within the last 15 minutes. Log in again.";
            Problem::new(ProblemKind::LoginTooOld, detail)
        }
        ActRefusal::TooManyWaiting => {
            let detail = format!(
                "The decision was not recorded: {refusal}. Approve pending decisions, or wait: \
                                  each lapses after a day."
            );
            Problem::new(ProblemKind::TooManyAgreements, detail)
        }
        ActRefusal::OwnOrder | ActRefusal::AgreedBefore => {
            Problem::new(ProblemKind::Forbidden, format!("You may not decide this: {refusal}."))
        }
    }
}
