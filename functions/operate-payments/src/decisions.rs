//! `POST /api/operator/withdrawals/{orderId}/approve` and `reject`.

use crate::act::{ActOn, acted, audit_act, may_not, not_in_state};
use crate::reviews::{answer, parse_id, unknown};
use axum::{Router, routing};
use evens_audit_log::{Act, Action};
use evens_contracts::{Data, PayoutJob, Problem, ReviewedWithdrawalBody};
use evens_http::{Answer, Refusal};
use evens_payments::{
    ActRefusal, CashierAct, DecideRefusal, Resolution, SettlePayoutInput, WithdrawalOrder, WithdrawalPlan,
    WithdrawalState, approve_withdrawal, reject_withdrawal,
};
use evens_queues::OutgoingJob;
use evens_runtime::Context;

pub(crate) fn router() -> Router<Context> {
    Router::new()
        .route("/api/operator/withdrawals/{orderId}/approve", routing::post(approve))
        .route("/api/operator/withdrawals/{orderId}/reject", routing::post(reject))
}

async fn approve(asked: ActOn<String>) -> Result<Answer<Data<ReviewedWithdrawalBody>>, Refusal> {
    let ActOn { context, holds, act, now, .. } = &asked;
    let rule = |input: SettlePayoutInput<'_>| approve_withdrawal(input.order, input.record, act, holds, *now);
    let repeat = ActRefusal::AgreedBefore.into();
    let decided = asked.decide(Action::ApproveWithdrawal, rule, &repeat, problem_of).await?;
    if decided.0.state == WithdrawalState::Approved {
        let id = decided.0.terms.id;
        let job = OutgoingJob::of(PayoutJob::of_order(id, decided.0.terms.user));
        context.ask_for(vec![job], || format!("the payout of {id}")).await;
    }
    Ok(asked.answer(&decided))
}

async fn reject(asked: ActOn<String>) -> Result<Answer<Data<ReviewedWithdrawalBody>>, Refusal> {
    let ActOn { act, now, .. } = &asked;
    let rule =
        |input: SettlePayoutInput<'_>| reject_withdrawal(input.order, input.record, input.wallet, act, *now);
    let repeat = DecideRefusal::InState(WithdrawalState::Rejected);
    Ok(asked.answer(&asked.decide(Action::RejectWithdrawal, rule, &repeat, problem_of).await?))
}

impl ActOn<String> {
    /// Decides about a withdrawal as the rule says. The second value is `true` if the rule refuses a `repeat`.
    pub(crate) async fn decide<Why: PartialEq>(
        &self,
        action: Action,
        rule: impl Fn(SettlePayoutInput<'_>) -> Result<WithdrawalPlan, Why>,
        repeat: &Why,
        problem_of: impl Fn(Why) -> Problem,
    ) -> Result<(WithdrawalOrder, bool), Refusal> {
        let (context, id) = (&self.context, parse_id(&self.subject)?);
        let audited = |plan| audited_plan(plan, action, &self.act);
        let outcome = context.store.act_on_withdrawal(id, self.now, |input| rule(input).map(audited)).await?;
        let stored = context.store.load_withdrawal(id);
        acted(outcome, |refusal| refusal == repeat, stored, problem_of, unknown).await
    }

    pub(crate) fn answer(
        &self,
        (order, is_replay): &(WithdrawalOrder, bool),
    ) -> Answer<Data<ReviewedWithdrawalBody>> {
        Answer::ok(answer(&self.holds, order)).replayed(*is_replay)
    }
}

/// The plan and its audit log line.
fn audited_plan(plan: WithdrawalPlan, action: Action, act: &CashierAct) -> (WithdrawalPlan, Act) {
    let before = plan.read.as_ref().map_or(String::new(), state_text);
    let line = audit_act(act, action, &plan.order.terms.id, before, state_text(&plan.order));
    (plan, line)
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

fn problem_of(refusal: DecideRefusal) -> Problem {
    match refusal {
        DecideRefusal::Act(refusal) => may_not(refusal),
        DecideRefusal::InState(_) | DecideRefusal::BalanceTooLarge(_) => {
            not_in_state(format!("The withdrawal cannot be decided: {refusal}."))
        }
    }
}
