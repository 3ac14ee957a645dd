//! Changing one's password.

use axum::extract::Extension;
use evens_contracts::{
    NotifyEvent, NotifyJob, PasswordRequest, Problem, ProblemKind, TokensAnswer, TokensBody,
};
use evens_credentials::{Credentials, Verdict};
use evens_http::{Answer, Caller, JsonBody, Refusal, RequestId, Traced};
use evens_players::Account;
use evens_queues::Outgoing;
use evens_runtime::Context;
use evens_runtime::telemetry::chain;

pub(crate) async fn change_password(
    Traced(context): Traced,
    Extension(credentials): Extension<Credentials>,
    Extension(request_id): Extension<RequestId>,
    caller: Caller,
    JsonBody(body): JsonBody,
) -> Result<Answer<TokensAnswer>, Refusal> {
    let PasswordRequest { current, new } = PasswordRequest::parse(&body)?;
    let account = context.store.load_account(caller.user).await?;
    let account = account.ok_or_else(|| Problem::new(ProblemKind::NotFound, "There is no such account."))?;
    let new = new.of(&account.phone).map_err(|error| Problem::invalid("newPassword", error))?;
    replace(&context, &credentials, &account, PasswordRequest { current, new }).await?;
    tell(&context, &account, &request_id).await;
    let tokens = open_only_session(&context, &credentials, &account).await;
    let tokens =
        tokens.map_err(|refusal| refusal.after_effect("The password is changed. Log in with it."))?;
    Ok(Answer::ok(TokensAnswer::new(tokens)))
}

/// Replaces the password, once every session is ended.
async fn replace(
    context: &Context,
    credentials: &Credentials,
    account: &Account,
    request: PasswordRequest,
) -> Result<(), Refusal> {
    let login = context.store.load_login(&account.phone).await?;
    let stored = login.map(|login| login.password);
    let verdict = credentials.passwords.verify(request.current, stored.clone()).await?;
    let (Verdict::Right { .. }, Some(stored)) = (verdict, stored) else {
        return Err(wrong_password().into());
    };
    let new = credentials.passwords.hash(request.new).await?;
    context.store.end_sessions(account.user).await?;
    let now = context.clock.now();
    if !context.store.replace_password(account, &stored, &new, now).await? {
        // Another request was faster: the password that was given is not the current one any more.
        return Err(wrong_password().into());
    }
    Ok(())
}

/// Ends what was opened with the old password just before it was replaced, and opens a session.
async fn open_only_session(
    context: &Context,
    credentials: &Credentials,
    account: &Account,
) -> Result<TokensBody, Refusal> {
    context.store.end_sessions(account.user).await?;
    credentials.sessions.open(context, account, context.clock.now()).await
}

fn wrong_password() -> Problem {
    Problem::new(ProblemKind::WrongPassword, "The current password is wrong.").about_field("currentPassword")
}

/// The password is changed whether or not this succeeds.
async fn tell(context: &Context, account: &Account, request_id: &RequestId) {
    let user = account.user;
    let about = request_id.as_str().to_owned();
    let outgoing = Outgoing::of(NotifyJob { user_id: user, event: NotifyEvent::PasswordChanged, about });
    if let Err(error) = context.queues.send(vec![outgoing]).await {
        tracing::warn!(error = chain(&error), "user.id" = %user, "Could not tell user {user} of the new password");
    }
}
