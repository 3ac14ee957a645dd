use axum::extract::{Path, State};
use axum::{Router, routing};
use evens_contracts::{Data, Problem, ProblemKind, RefundBody, parse_bet_id};
use evens_exchange::{Bet, RefundReason, RefundTerms};
use evens_http::{Answer, Caller, Refusal};
use evens_ledger::Amount;
use evens_runtime::Context;
use evens_store::RefundBetOutcome;

pub fn router() -> Router<Context> {
    Router::new().route("/api/bets/{betId}/refund", routing::post(request_refund))
}

async fn request_refund(
    State(context): State<Context>,
    caller: Caller,
    Path(bet_id): Path<String>,
) -> Result<Answer<Data<RefundBody>>, Refusal> {
    let found = context.store.load_bet(parse_bet_id(&bet_id)?).await?;
    let Some(bet) = found.filter(|bet| bet.user == caller.user) else {
        let detail = "You have no bet with this id. GET /api/bets lists yours.";
        return Err(Problem::new(ProblemKind::NotFound, detail).about_field("betId").into());
    };
    let now = context.clock.now();
    // A first check, so that nothing is returned from the moment of the round's closing on. The transaction checks
    // exactly that nothing of the round is public.
    if !context.store.load_round(&bet.round).await?.is_some_and(|round| round.takes_bets(now)) {
        return Err(round_ended(&bet).into());
    }
    let terms = RefundTerms { refund_after: context.settings.betting.refund_after, stake_min: Amount::ZERO };
    match context.store.refund_bet(&bet, RefundReason::Requested, terms, now).await? {
        RefundBetOutcome::Refunded(refund) => Ok(Answer::ok(Data::<RefundBody>::new(bet.id, &refund.entry))),
        RefundBetOutcome::NothingWaits | RefundBetOutcome::NotDue { .. } | RefundBetOutcome::NotBarred => {
            let detail = "The bet has no unmatched part to cancel: it is matched, settled or refunded.";
            Err(Problem::new(ProblemKind::NothingToRefund, detail).about_bet(bet.id).into())
        }
        RefundBetOutcome::RoundEnded => Err(round_ended(&bet).into()),
        RefundBetOutcome::BalanceTooLarge => {
            tracing::error!("bet.id" = %bet.id, "Could not refund bet {}: it does not fit into the balance", bet.id);
            Err(Problem::internal().into())
        }
    }
}

fn round_ended(bet: &Bet) -> Problem {
    let detail =
        format!("Round {} has closed. The unmatched part of the bet is refunded automatically.", bet.round);
    Problem::new(ProblemKind::RoundState, detail).about_bet(bet.id)
}
