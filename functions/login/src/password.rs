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
    // Sessions opened with the old password just before it was replaced.
    let ended = context.store.end_other_sessions(account.user, family).await;
    ended.map_err(|error| Refusal::from(error).after_effect("The password was changed. Log in with it."))?;
    let (cookies, tokens) = cookie.keep(keeper, tokens);
    Ok((cookies, Answer::ok(TokensAnswer::new(tokens))))
}

/// Ends every session and replaces the password. Opens the first session with the new password, which owes the player a
/// notification.
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
    context.store.end_sessions(account.user).await?;
    let (opened, tokens) = credentials.sessions.draw(context, account, context.clock.now())?;
    let opened = opened.owing(PendingTask::PasswordNotice(about(request_id)));
    if !context.store.replace_password(account, &stored, &new, &opened).await? {
        // A concurrent request was faster, so the given password is no longer the current one.
        return Err(wrong_password().into());
    }
    Ok((opened.family, tokens))
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
    let (event, about) = (NotifyEvent::PasswordChanged, about(request_id));
    let outgoing = OutgoingJob::of(NotifyJob { user_id: user, event, about });
    context.ask_for(vec![outgoing], || format!("the notification of user {user}'s new password")).await;
}
