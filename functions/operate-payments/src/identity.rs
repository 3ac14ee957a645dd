//! `GET` and `POST /api/operator/users/{userId}/identity`: what is known of who a player is. Nothing of a document is
//! kept: a cashier looks at it elsewhere, and notes what came of that.

use crate::decisions::{act_because, may_not, told_of};
use crate::players::parse_user;
use axum::extract::{Path, State};
use axum::{Router, routing};
use evens_audit_log::Action;
use evens_contracts::{NoteIdentityRequest, PlayerIdentityAnswer};
use evens_http::{Answer, JsonBody, Refusal, Staff};
use evens_payments::{ActRefusal, Cashier, note_identity};
use evens_runtime::Context;
use evens_store::CashierChange;

pub(crate) fn router() -> Router<Context> {
    Router::new().route("/api/operator/users/{userId}/identity", routing::get(read_identity).post(note))
}

async fn read_identity(
    State(context): State<Context>,
    Staff(_): Staff,
    Path(user_id): Path<String>,
) -> Result<Answer<PlayerIdentityAnswer>, Refusal> {
    let cashier = context.store.load_cashier(parse_user(&user_id)?).await?;
    Ok(Answer::ok(PlayerIdentityAnswer::from(&cashier)))
}

/// Where that was noted before, nothing is written.
async fn note(
    State(context): State<Context>,
    Staff(caller): Staff,
    Path(user_id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Answer<PlayerIdentityAnswer>, Refusal> {
    let NoteIdentityRequest { status, reason } = NoteIdentityRequest::parse(&body)?;
    let (act, user, now) = (act_because(caller, reason), parse_user(&user_id)?, context.clock.now());
    let rule = |before: &Cashier| -> Result<_, ActRefusal> {
        let after = note_identity(before, status, &act, now)?;
        Ok(after.map(|cashier| {
            let stands = |cashier: &Cashier| cashier.identity.to_string();
            let act = told_of(&act, Action::NoteIdentity, &user, stands(before), stands(&cashier));
            CashierChange { cashier, transfer: None, act }
        }))
    };
    let acted = context.store.act_on_cashier(user, now, rule).await?.map_err(may_not)?;
    Ok(Answer::ok(PlayerIdentityAnswer::from(&acted.cashier)).replayed(!acted.is_changed))
}
