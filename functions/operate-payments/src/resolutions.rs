//! `POST /api/operator/withdrawals/{orderId}/retry` and `give-back`: cashiers resolve a stuck payout. `send-payouts`
//! carries it out, after it has queried the provider once more.

use crate::decisions::{act, audited_plan, decided, may_not};
use crate::reviews::parse_id;
use axum::extract::{Extension, Path, State};
use axum::{Router, routing};
use evens_audit_log::Action;
use evens_contracts::{Problem, ProblemKind, ReviewedWithdrawalAnswer};
use evens_http::{Answer, Caller, JsonBody, Refusal, Staff};
use evens_payments::{
    ActRefusal, HoldRules, ResolutionKind, ResolveRefusal, SettlePayoutInput, agree_to_resolution,
};
use evens_runtime::Context;

pub(crate) fn router() -> Router<Context> {
    Router::new()
        .route("/api/operator/withdrawals/{orderId}/retry", routing::post(retry))
        .route("/api/operator/withdrawals/{orderId}/give-back", routing::post(give_back))
}

async fn retry(
    State(context): State<Context>,
    Extension(holds): Extension<HoldRules>,
    Staff(caller): Staff,
    Path(order_id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Answer<ReviewedWithdrawalAnswer>, Refusal> {
    agree(&context, &holds, (caller, &body[..]), &order_id, ResolutionKind::Retry).await
}

async fn give_back(
    State(context): State<Context>,
    Extension(holds): Extension<HoldRules>,
    Staff(caller): Staff,
    Path(order_id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Answer<ReviewedWithdrawalAnswer>, Refusal> {
    agree(&context, &holds, (caller, &body[..]), &order_id, ResolutionKind::GiveBack).await
}

async fn agree(
    context: &Context,
    holds: &HoldRules,
    (caller, body): (Caller, &[u8]),
    order_id: &str,
    kind: ResolutionKind,
) -> Result<Answer<ReviewedWithdrawalAnswer>, Refusal> {
    let (act, id, now) = (act(caller, body)?, parse_id(order_id)?, context.clock.now());
    let action = match kind {
        ResolutionKind::Retry => Action::RetryPayout,
        ResolutionKind::GiveBack => Action::GiveBackPayout,
    };
    let rule = |input: SettlePayoutInput<'_>| {
        let plan = agree_to_resolution(input.order, kind, &act, holds, now)?;
        Ok::<_, ResolveRefusal>(audited_plan(plan, action, &act))
    };
    let outcome = context.store.act_on_withdrawal(id, now, rule).await?;
    let repeat = ActRefusal::AgreedBefore.into();
    Ok(decided(context, id, outcome, repeat, |refusal| problem_of(&refusal)).await?.answer(holds))
}

fn problem_of(refusal: &ResolveRefusal) -> Problem {
    match refusal {
        ResolveRefusal::Act(refusal) => may_not(*refusal),
        ResolveRefusal::InState(_) | ResolveRefusal::AtProvider { .. } => {
            let detail = format!("The payout cannot be resolved: {refusal}.");
            Problem::new(ProblemKind::OrderState, detail).about_field("orderId")
        }
    }
}
