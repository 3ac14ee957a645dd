//! `GET /api/operator/jackpots/proposals`.

use axum::extract::State;
use axum::{Router, routing};
use evens_contracts::JackpotProposalListAnswer;
use evens_http::{Answer, Refusal, Staff};
use evens_runtime::Context;

pub(crate) fn router() -> Router<Context> {
    Router::new().route("/api/operator/jackpots/proposals", routing::get(list))
}

async fn list(
    State(context): State<Context>,
    Staff(_): Staff,
) -> Result<Answer<JackpotProposalListAnswer>, Refusal> {
    let found = context.store.list_jackpot_proposals(context.clock.now()).await?;
    Ok(Answer::ok(JackpotProposalListAnswer::new(&found.wins, &found.terms)))
}
