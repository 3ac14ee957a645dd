//! `POST /api/operator/deposits/{orderId}/payments/{paymentId}/claim`: cashiers credit a suspended payment to its
//! player.

use crate::decisions::{act, audit_act, may_not};
use crate::deposits::{parse_id, unknown};
use axum::extract::{Extension, Path, State};
use axum::{Router, routing};
use evens_audit_log::{Act, Action};
use evens_contracts::{Problem, ProblemKind, ReviewedDepositAnswer};
use evens_http::{Answer, JsonBody, Refusal, Staff};
use evens_ledger::Transfer;
use evens_payments::{
    ActRefusal, CashierAct, ClaimSuspendedRefusal, DepositOrder, DepositPlan, DepositRules, HoldRules,
    ProviderId, SettleDepositInput, claim_suspended,
};
use evens_runtime::Context;
use evens_store::OrderOutcome;

pub(crate) fn router(rules: DepositRules) -> Router<Context> {
    Router::new()
        .route("/api/operator/deposits/{orderId}/payments/{paymentId}/claim", routing::post(claim))
        .layer(Extension(rules))
}

async fn claim(
    State(context): State<Context>,
    Extension(holds): Extension<HoldRules>,
    Extension(rules): Extension<DepositRules>,
    Staff(caller): Staff,
    Path((order_id, payment_id)): Path<(String, String)>,
    JsonBody(body): JsonBody,
) -> Result<Answer<ReviewedDepositAnswer>, Refusal> {
    use ClaimSuspendedRefusal as Refused;
    let (act, id, now) = (act(caller, &body)?, parse_id(&order_id)?, context.clock.now());
    // A malformed id is an unknown payment.
    let payment: ProviderId = payment_id.parse().map_err(|_| problem_of(&Refused::NotSuspended))?;
    let rule = |input: SettleDepositInput<'_>, suspended: Option<&Transfer>| {
        let plan = claim_suspended(&payment, suspended, input, &act, &holds, &rules, now)?;
        Ok::<_, Refused>(audited_plan(plan, &payment, &act))
    };
    let (order, is_replay) = match context.store.act_on_suspended(id, &payment, now, rule).await? {
        OrderOutcome::Changed(plan) => (plan.order, false),
        OrderOutcome::Refused(Refused::GivenBefore | Refused::Act(ActRefusal::AgreedBefore)) => {
            (context.store.load_deposit(id).await?.ok_or_else(unknown)?, true)
        }
        OrderOutcome::Refused(refusal) => return Err(problem_of(&refusal).into()),
        OrderOutcome::Unknown => return Err(unknown().into()),
    };
    Ok(Answer::ok(ReviewedDepositAnswer { data: (&order).into() }).replayed(is_replay))
}

/// The plan and its audit log line.
fn audited_plan(plan: DepositPlan, payment: &ProviderId, act: &CashierAct) -> (DepositPlan, Act) {
    let summary = |order: &DepositOrder| {
        let claim = order.claims.iter().find(|claim| claim.payment == *payment);
        let (approvals, given) = claim
            .map_or((0, ""), |claim| (claim.approvals.len(), if claim.is_given { ", given" } else { "" }));
        format!("{}, {payment} with {approvals} approvals{given}", order.state.as_ref())
    };
    let before = plan.read.as_ref().map_or(String::new(), summary);
    let line = audit_act(act, Action::ClaimSuspended, &plan.order.terms.id, before, summary(&plan.order));
    (plan, line)
}

fn problem_of(refusal: &ClaimSuspendedRefusal) -> Problem {
    match refusal {
        ClaimSuspendedRefusal::Act(refusal) => may_not(*refusal),
        other => {
            let detail = format!("The payment stays in suspense: {other}.");
            Problem::new(ProblemKind::OrderState, detail).about_field("orderId")
        }
    }
}
