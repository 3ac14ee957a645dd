//! `GET` and `POST /api/operator/users/{userId}/identity`: a player's identity status. No document is stored: a cashier
//! checks it elsewhere and notes the result.

use crate::act::{act_because, audit_act};
use crate::players::{find_player, stands_after, waiting};
use axum::extract::{Extension, Path, State};
use axum::{Router, routing};
use evens_audit_log::Action;
use evens_contracts::{Data, NoteIdentityRequest, PlayerIdentityBody};
use evens_http::{Answer, JsonBody, Refusal, Staff};
use evens_ledger::Wallet;
use evens_payments::{ActRefusal, HoldRules, IdentityStatus, PaymentsRecord, note_identity};
use evens_runtime::Context;
use evens_store::PaymentsRecordChange;

pub(crate) fn router() -> Router<Context> {
    Router::new().route("/api/operator/users/{userId}/identity", routing::get(read_identity).post(note))
}

async fn read_identity(
    State(context): State<Context>,
    Staff(_): Staff,
    Path(user_id): Path<String>,
) -> Result<Answer<Data<PlayerIdentityBody>>, Refusal> {
    let record = context.store.load_payments_record(find_player(&context, &user_id).await?).await?;
    Ok(Answer::ok(Data::<PlayerIdentityBody>::from(&record)))
}

/// Writes nothing if the status is unchanged.
async fn note(
    State(context): State<Context>,
    Extension(holds): Extension<HoldRules>,
    Staff(caller): Staff,
    Path(user_id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Answer<Data<PlayerIdentityBody>>, Refusal> {
    let NoteIdentityRequest { status, reason } = NoteIdentityRequest::parse(&body)?;
    let (act, user) = (act_because(caller, reason), find_player(&context, &user_id).await?);
    let now = context.clock.now();
    // Only verification gives the player more rights, so only it may need a second cashier.
    let needed = if status == IdentityStatus::Verified { holds.approvals_needed_to_open() } else { 1 };
    let rule = |before: &PaymentsRecord, _: &Wallet| -> Result<_, ActRefusal> {
        let Some(after) = note_identity(before, status, &act, now)? else { return Ok(None) };
        let (record, _) =
            before.agreed(("identity", &format!("identity {status}")), needed, &after, &act, now)?;
        let summary = |record: &PaymentsRecord| format!("{}{}", record.identity, waiting(&record.agreements));
        let act = audit_act(&act, Action::NoteIdentity, &user, summary(before), summary(&record));
        Ok(Some(PaymentsRecordChange { record, transfer: None, posted: None, act }))
    };
    let outcome = context.store.change_payments_record(user, now, rule).await?;
    let (record, is_replay) = stands_after(&context, user, outcome).await?;
    Ok(Answer::ok(Data::<PlayerIdentityBody>::from(&record)).replayed(is_replay))
}
