//! `POST /api/operator/deposits/{orderId}/payments/{paymentId}/return`: refunds an additional payment of a deposit to
//! its payer.

use crate::decisions::{act, may_not};
use crate::deposits::{ask_for_refund, audited_plan, parse_id, unknown};
use axum::extract::{Extension, Path};
use axum::{Router, routing};
use evens_audit_log::Action;
use evens_contracts::{Problem, ProblemKind, ReviewedDepositAnswer};
use evens_http::{Answer, JsonBody, Refusal, Staff, TracedContext};
use evens_ledger::{Amount, Transfer};
use evens_payments::{
    ActRefusal, HoldRules, ProviderId, ReturnPaymentRefusal, SettleDepositInput, agreed_on_deposit,
    return_payment,
};
use evens_runtime::Context;
use evens_store::OrderOutcome;

pub(crate) fn router() -> Router<Context> {
    Router::new()
        .route("/api/operator/deposits/{orderId}/payments/{paymentId}/return", routing::post(give_back))
}

async fn give_back(
    TracedContext(context): TracedContext,
    Extension(holds): Extension<HoldRules>,
    Staff(caller): Staff,
    Path((order_id, payment_id)): Path<(String, String)>,
    JsonBody(body): JsonBody,
) -> Result<Answer<ReviewedDepositAnswer>, Refusal> {
    use ReturnPaymentRefusal as Refused;
    let (act, id, now) = (act(caller, &body)?, parse_id(&order_id)?, context.clock.now());
    // A malformed id is an unknown payment.
    let payment: ProviderId = payment_id.parse().map_err(|_| problem_of(Refused::NotSuspended))?;
    let wanted = format!("return {payment}");
    let rule = |input: SettleDepositInput<'_>, suspended: Option<&Transfer>| {
        let plan = return_payment(&payment, suspended, input.order, &act, now)?;
        let amount = suspended.map_or(Amount::ZERO, |transfer| transfer.amount);
        let plan = agreed_on_deposit(input.order, &wanted, amount, plan, &act, &holds, now)?;
        let (plan, mut line) = audited_plan(plan, Action::ReturnDeposit, &act);
        if plan.order.returns.iter().any(|back| back.payment.id == payment) {
            // The state of the order does not change, so the line names the payment.
            line.after = format!("{}, {payment} returned", line.after);
        }
        Ok::<_, Refused>((plan, line))
    };
    let (order, is_replay) = match context.store.act_on_suspended(id, &payment, now, rule).await? {
        OrderOutcome::Changed(plan) => {
            ask_for_refund(&context, &plan.order).await;
            (plan.order, false)
        }
        OrderOutcome::Refused(Refused::ReturnedBefore | Refused::Act(ActRefusal::AgreedBefore)) => {
            (context.store.load_deposit(id).await?.ok_or_else(unknown)?, true)
        }
        OrderOutcome::Refused(refusal) => return Err(problem_of(refusal).into()),
        OrderOutcome::Unknown => return Err(unknown().into()),
    };
    Ok(Answer::ok(ReviewedDepositAnswer { data: (&order).into() }).replayed(is_replay))
}

fn problem_of(refusal: ReturnPaymentRefusal) -> Problem {
    match refusal {
        ReturnPaymentRefusal::Act(refusal) => may_not(refusal),
        ReturnPaymentRefusal::ReturnedBefore
        | ReturnPaymentRefusal::NotSuspended
        | ReturnPaymentRefusal::Disputed => {
            let detail = format!("The payment was not returned: {refusal}.");
            Problem::new(ProblemKind::OrderState, detail).about_field("orderId")
        }
    }
}
