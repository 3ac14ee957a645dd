//! `POST /api/operator/deposits/{orderId}/payments/{paymentId}/claim`: cashiers credit a suspended payment to its
//! player.

use crate::act::{ActOn, acted, audit_act, may_not, not_in_state};
use crate::deposits::{parse_id, unknown};
use axum::extract::Extension;
use axum::{Router, routing};
use evens_audit_log::{Act, Action};
use evens_contracts::{Data, Problem, ReviewedDepositBody};
use evens_http::{Answer, Refusal};
use evens_ledger::Transfer;
use evens_payments::{
    ActRefusal, CashierAct, ClaimSuspendedRefusal, DepositOrder, DepositPlan, DepositRules, ProviderId,
    SettleDepositInput, claim_suspended,
};
use evens_runtime::Context;

pub(crate) fn router(rules: DepositRules) -> Router<Context> {
    Router::new()
        .route("/api/operator/deposits/{orderId}/payments/{paymentId}/claim", routing::post(claim))
        .layer(Extension(rules))
}

async fn claim(
    Extension(rules): Extension<DepositRules>,
    ActOn { context, holds, subject: (order_id, payment_id), act, now }: ActOn<(String, String)>,
) -> Result<Answer<Data<ReviewedDepositBody>>, Refusal> {
    use ClaimSuspendedRefusal as Refused;
    let id = parse_id(&order_id)?;
    // A malformed id is an unknown payment.
    let payment: ProviderId = payment_id.parse().map_err(|_| problem_of(&Refused::NotSuspended))?;
    let rule = |input: SettleDepositInput<'_>, suspended: Option<&Transfer>| {
        let plan = claim_suspended(&payment, suspended, input, &act, &holds, &rules, now)?;
        Ok::<_, Refused>(audited_plan(plan, &payment, &act))
    };
    let outcome = context.store.act_on_suspended(id, &payment, now, rule).await?;
    let is_repeat =
        |refusal: &Refused| matches!(refusal, Refused::GivenBefore | Refused::Act(ActRefusal::AgreedBefore));
    let stored = context.store.load_deposit(id);
    let (order, is_replay) =
        acted(outcome, is_repeat, stored, |refusal| problem_of(&refusal), unknown).await?;
    Ok(Answer::ok(Data { data: (&order).into() }).replayed(is_replay))
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
        other => not_in_state(format!("The payment stays in suspense: {other}.")),
    }
}
