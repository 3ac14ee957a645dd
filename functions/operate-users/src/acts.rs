//! `POST /api/operator/users/{userId}/block`, `unblock` and `end-sessions`.

use crate::reads::{load, open_sessions};
use axum::extract::{Path, State};
use axum::{Router, routing};
use evens_audit_log::{Act, Action, Actor};
use evens_contracts::{
    Data, DecisionRequest, Problem, ProblemKind, RefundPlayerJob, ReviewedUserBody, parse_user_id,
    unknown_user,
};
use evens_http::{Answer, Caller, JsonBody, Refusal, Staff};
use evens_ledger::UserId;
use evens_payments::ActReason;
use evens_players::Account;
use evens_queues::OutgoingJob;
use evens_runtime::Context;

pub(crate) fn router() -> Router<Context> {
    Router::new()
        .route("/api/operator/users/{userId}/block", routing::post(block))
        .route("/api/operator/users/{userId}/unblock", routing::post(unblock))
        .route("/api/operator/users/{userId}/end-sessions", routing::post(end_sessions))
}

async fn block(
    State(context): State<Context>,
    Staff(caller): Staff,
    Path(user_id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Answer<Data<ReviewedUserBody>>, Refusal> {
    let (account, reason) = admit(&context, caller, &user_id, &body).await?;
    let (user, is_repeat) = (account.user, account.is_blocked);
    if !is_repeat {
        let act = act(caller, Action::BlockUser, user, &reason, ["not blocked", "blocked"]);
        context.store.set_blocked(user, true, &act, context.clock.now()).await?;
        tracing::info!("user.id" = %user, "Operator {} blocked user {user}", caller.user);
    }
    // The block ended all sessions and tokens, and the player's bets are no longer matched. The items of sessions are
    // removed here and the job is sent, in a repeat too.
    context.store.end_sessions(user).await?;
    let nudge = context.clock.now().as_millisecond().unsigned_abs();
    let job = OutgoingJob::of(RefundPlayerJob { user_id: user }).nudged(nudge);
    context.ask_for(vec![job], || format!("the unmatched bets of user {user}")).await;
    Ok(Answer::ok(load(&context, user).await?).replayed(is_repeat))
}

async fn unblock(
    State(context): State<Context>,
    Staff(caller): Staff,
    Path(user_id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Answer<Data<ReviewedUserBody>>, Refusal> {
    let (account, reason) = admit(&context, caller, &user_id, &body).await?;
    let (user, is_repeat) = (account.user, !account.is_blocked);
    if !is_repeat {
        // A login whose password was checked just before the block may have opened a session just after it. No token
        // opens it, because the block ended the epoch; its item is removed here.
        context.store.end_sessions(user).await?;
        let act = act(caller, Action::UnblockUser, user, &reason, ["blocked", "not blocked"]);
        context.store.set_blocked(user, false, &act, context.clock.now()).await?;
        tracing::info!("user.id" = %user, "Operator {} unblocked user {user}", caller.user);
    }
    Ok(Answer::ok(load(&context, user).await?).replayed(is_repeat))
}

async fn end_sessions(
    State(context): State<Context>,
    Staff(caller): Staff,
    Path(user_id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Answer<Data<ReviewedUserBody>>, Refusal> {
    let (account, reason) = admit(&context, caller, &user_id, &body).await?;
    let user = account.user;
    let is_repeat = open_sessions(&context, &account).await?.is_empty();
    if !is_repeat {
        let act = act(caller, Action::EndSessions, user, &reason, ["open", "ended"]);
        context.store.end_epoch(user, account.session_epoch, &act, context.clock.now()).await?;
        context.store.end_sessions(user).await?;
        tracing::info!("user.id" = %user, "Operator {} ended the sessions of user {user}", caller.user);
    }
    Ok(Answer::ok(load(&context, user).await?).replayed(is_repeat))
}

/// The account and the reason. Refuses in this order: an invalid body, an old login, an unknown account, the caller's
/// own account.
async fn admit(
    context: &Context,
    caller: Caller,
    user_id: &str,
    body: &[u8],
) -> Result<(Account, ActReason), Refusal> {
    let DecisionRequest { reason } = DecisionRequest::parse(body)?;
    caller.require_recent_login(context.clock.now())?;
    let account = context.store.load_account(parse_user_id(user_id)?).await?.ok_or_else(unknown_user)?;
    if account.user == caller.user {
        let detail = "Operators cannot act on their own account. Ask another operator.";
        return Err(Problem::new(ProblemKind::Forbidden, detail).about_field("userId").into());
    }
    Ok((account, reason))
}

fn act(caller: Caller, action: Action, user: UserId, reason: &ActReason, [before, after]: [&str; 2]) -> Act {
    let (actor, subject, reason) = (Actor::User(caller.user), user.to_string(), reason.as_str().to_owned());
    Act { actor, action, subject, reason, before: before.to_owned(), after: after.to_owned() }
}
