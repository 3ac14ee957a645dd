//! `POST /api/operator/deposits/{orderId}/payments/{paymentId}/return`: refunds an additional payment of a deposit to
//! its payer.

use crate::act::{ActOn, acted, may_not, not_in_state};
use crate::deposits::{ask_for_refund, audited_plan, parse_id, unknown};
use axum::{Router, routing};
use evens_audit_log::Action;
use evens_contracts::{Data, Problem, ReviewedDepositBody};
use evens_http::{Answer, Refusal};
use evens_ledger::{Amount, Transfer};
use evens_payments::{
    ActRefusal, ProviderId, ReturnPaymentRefusal, SettleDepositInput, agreed_on_deposit, return_payment,
};
use evens_runtime::Context;

pub(crate) fn router() -> Router<Context> {
    Router::new()
        .route("/api/operator/deposits/{orderId}/payments/{paymentId}/return", routing::post(give_back))
}

async fn give_back(
    ActOn { context, holds, subject: (order_id, payment_id), act, now }: ActOn<(String, String)>,
) -> Result<Answer<Data<ReviewedDepositBody>>, Refusal> {
    use ReturnPaymentRefusal as Refused;
    let id = parse_id(&order_id)?;
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
    let outcome = context.store.act_on_suspended(id, &payment, now, rule).await?;
    let is_repeat = |refusal: &Refused| {
        matches!(refusal, Refused::ReturnedBefore | Refused::Act(ActRefusal::AgreedBefore))
    };
    let stored = context.store.load_deposit(id);
    let (order, is_replay) = acted(outcome, is_repeat, stored, problem_of, unknown).await?;
    if !is_replay {
        ask_for_refund(&context, &order).await;
    }
    Ok(Answer::ok(Data { data: (&order).into() }).replayed(is_replay))
}

fn problem_of(refusal: ReturnPaymentRefusal) -> Problem {
    match refusal {
        ReturnPaymentRefusal::Act(refusal) => may_not(refusal),
        ReturnPaymentRefusal::ReturnedBefore
        | ReturnPaymentRefusal::NotSuspended
        | ReturnPaymentRefusal::Disputed => not_in_state(format!("The payment was not returned: {refusal}.")),
    }
}
