//! Changing one's password.

use axum::extract::Extension;
use evens_contracts::{
    NotifyEvent, NotifyJob, PasswordRequest, Problem, ProblemKind, TokensAnswer, TokensBody,
};
use evens_credentials::{Credentials, SessionCookie, SetCookies, Verdict};
use evens_http::{Answer, Caller, JsonBody, Refusal, RequestId, TracedContext};
use evens_players::{Account, FamilyId, PendingTask};
use evens_queues::OutgoingJob;
use evens_runtime::Context;
use evens_runtime::telemetry::chain;
use evens_store::PasswordWrite;

pub(crate) async fn change_password(
    TracedContext(context): TracedContext,
    Extension(credentials): Extension<Credentials>,
    Extension(request_id): Extension<RequestId>,
    caller: Caller,
    cookie: SessionCookie,
    JsonBody(body): JsonBody,
) -> Result<(SetCookies, Answer<TokensAnswer>), Refusal> {
    let PasswordRequest { current, new, keeper } = PasswordRequest::parse(&body)?;
    let account = context.store.load_account(caller.user).await?;
    let account = account.ok_or_else(|| Problem::new(ProblemKind::NotFound, "There is no such account."))?;
    let new = new.of(&account.phone).map_err(|error| Problem::invalid("newPassword", error))?;
    let request = PasswordRequest { current, new, keeper };
    let (family, tokens) = replace(&context, &credentials, &account, request, &request_id).await?;
    tell(&context, &account, &request_id).await;
    remove_ended(&context, &account, family).await;
    let (cookies, tokens) = cookie.keep(keeper, tokens);
    Ok((cookies, Answer::ok(TokensAnswer::new(tokens))))
}

/// Replaces the password and ends every session and token. Opens the first session with the new password, which owes
/// the player a notification.
async fn replace(
    context: &Context,
    credentials: &Credentials,
    account: &Account,
    request: PasswordRequest,
    request_id: &RequestId,
) -> Result<(FamilyId, TokensBody), Refusal> {
    let login = context.store.load_login(&account.phone).await?;
    let stored = login.map(|login| login.password);
    let verdict = credentials.passwords.verify(request.current, stored.clone()).await?;
    let (Verdict::Right { .. }, Some(stored)) = (verdict, stored) else {
        return Err(wrong_password().into());
    };
    let new = credentials.passwords.hash(request.new).await?;
    let after = Account { session_epoch: account.next_session_epoch(), ..account.clone() };
    let (opened, tokens) = credentials.sessions.draw(context, &after, context.clock.now())?;
    let opened = opened.owing(PendingTask::PasswordNotice(about(request_id)));
    match context.store.replace_password(account, &stored, &new, &opened).await? {
        // A concurrent request was faster, so the given password is no longer the current one.
        PasswordWrite::HashChanged => Err(wrong_password().into()),
        PasswordWrite::SessionsEnded => Err(Problem::sessions_ended().into()),
        PasswordWrite::Replaced => Ok((opened.family, tokens)),
    }
}

/// Removes the items of sessions that the new password has ended. A failure leaves them, and no token opens them.
async fn remove_ended(context: &Context, account: &Account, kept: FamilyId) {
    if let Err(error) = context.store.end_other_sessions(account.user, kept).await {
        let (user, error) = (account.user, chain(&error));
        tracing::warn!(error, "user.id" = %user, "Could not remove the ended sessions of user {user}");
    }
}

fn wrong_password() -> Problem {
    Problem::new(ProblemKind::WrongPassword, "The current password is wrong.").about_field("currentPassword")
}

/// The id of the notification.
fn about(request_id: &RequestId) -> String {
    request_id.as_str().to_owned()
}

/// A failure does not undo the change: the session owes the notification, and the sweeper finds it.
async fn tell(context: &Context, account: &Account, request_id: &RequestId) {
    let user = account.user;
    let (event, about) = (NotifyEvent::PasswordChanged { recovery: None }, about(request_id));
    let outgoing = OutgoingJob::of(NotifyJob { user_id: user, event, about });
    context.ask_for(vec![outgoing], || format!("the notification of user {user}'s new password")).await;
}
