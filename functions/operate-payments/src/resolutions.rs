//! `POST /api/operator/withdrawals/{orderId}/retry` and `give-back`: cashiers resolve a stuck payout. `send-payouts`
//! carries it out, after it has queried the provider once more.

use crate::act::{ActOn, may_not, not_in_state};
use axum::{Router, routing};
use evens_audit_log::Action;
use evens_contracts::{Data, Problem, ReviewedWithdrawalBody};
use evens_http::{Answer, Refusal};
use evens_payments::{ActRefusal, ResolutionKind, ResolveRefusal, SettlePayoutInput, agree_to_resolution};
use evens_runtime::Context;

pub(crate) fn router() -> Router<Context> {
    Router::new()
        .route(
            "/api/operator/withdrawals/{orderId}/retry",
            routing::post(|asked| agree(asked, ResolutionKind::Retry, Action::RetryPayout)),
        )
        .route(
            "/api/operator/withdrawals/{orderId}/give-back",
            routing::post(|asked| agree(asked, ResolutionKind::GiveBack, Action::GiveBackPayout)),
        )
}

async fn agree(
    asked: ActOn<String>,
    kind: ResolutionKind,
    action: Action,
) -> Result<Answer<Data<ReviewedWithdrawalBody>>, Refusal> {
    let ActOn { holds, act, now, .. } = &asked;
    let rule = |input: SettlePayoutInput<'_>| agree_to_resolution(input.order, kind, act, holds, *now);
    let repeat = ActRefusal::AgreedBefore.into();
    Ok(asked.answer(&asked.decide(action, rule, &repeat, |refusal| problem_of(&refusal)).await?))
}

fn problem_of(refusal: &ResolveRefusal) -> Problem {
    match refusal {
        ResolveRefusal::Act(refusal) => may_not(*refusal),
        ResolveRefusal::InState(_) | ResolveRefusal::AtProvider { .. } => {
            not_in_state(format!("The payout cannot be resolved: {refusal}."))
        }
    }
}
