//! `GET /api/identity`: the player's identity status, which cashiers maintain.

use axum::extract::State;
use axum::{Router, routing};
use evens_contracts::{Data, IdentityBody};
use evens_http::{Answer, Caller, Refusal};
use evens_runtime::Context;

pub(crate) fn router() -> Router<Context> {
    Router::new().route("/api/identity", routing::get(read_identity))
}

async fn read_identity(
    State(context): State<Context>,
    caller: Caller,
) -> Result<Answer<Data<IdentityBody>>, Refusal> {
    let record = context.store.load_payments_record(caller.user).await?;
    Ok(Answer::ok(Data::<IdentityBody>::from(&record)))
}
