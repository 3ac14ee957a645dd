//! Logging in.

use axum::extract::Extension;
use evens_contracts::{
    CheckAttendanceJob, LoginAnswer, LoginRequest, Problem, ProblemKind, Rate, TokensBody, UserBody,
};
use evens_credentials::{Credentials, SessionCookie, SetCookies, Verdict};
use evens_http::{Answer, JsonBody, Refusal, TracedContext, Visitor, take_request};
use evens_ledger::UserId;
use evens_players::{LastLogin, Password, PendingTask, PhoneNumber};
use evens_queues::OutgoingJob;
use evens_runtime::Context;
use evens_runtime::telemetry::chain;
use evens_store::{Login, LoginOutcome, PasswordHash};
use jiff::civil::Date;
use std::sync::Arc;
use std::time::Duration;

pub(crate) async fn log_in(
    TracedContext(context): TracedContext,
    Extension(credentials): Extension<Credentials>,
    visitor: Visitor,
    cookie: SessionCookie,
    JsonBody(body): JsonBody,
) -> Result<(SetCookies, Answer<LoginAnswer>), Refusal> {
    let request = LoginRequest::parse(&body, context.settings.players.phone_country)?;
    let keeper = request.keeper;
    take_request(&context, Rate::Phone, request.phone.line().as_str()).await?;
    let logged_in = enter(&context, &credentials, request, visitor).await;
    let logged_in = logged_in.map_err(|refusal| refusal.worded("An error occurred"))?;
    record_day(&context, logged_in.user, logged_in.date).await;
    let (cookies, tokens) = cookie.keep(keeper, logged_in.tokens);
    Ok((cookies, Answer::ok(LoginAnswer::new(logged_in.body, tokens))))
}

/// A login and its day. The day is fixed here, so that the attendance job records it even if it runs after midnight.
struct LoggedIn {
    user: UserId,
    date: Date,
    body: UserBody,
    tokens: TokensBody,
}

/// A concurrent login may replace the hash while this one checks the password; then it checks once more. If the
/// password is replaced repeatedly, the client must wait. This is no server error.
async fn enter(
    context: &Context,
    credentials: &Credentials,
    request: LoginRequest,
    visitor: Visitor,
) -> Result<LoggedIn, Refusal> {
    let (phone, password) = (request.phone, Arc::new(request.password));
    for _ in 0..2 {
        let attempt = try_to_enter(context, credentials, &phone, &password, visitor);
        if let Some(entered) = attempt.await? {
            return Ok(entered);
        }
    }
    let detail = "The password is being changed. Try again in a second.";
    Err(Problem::new(ProblemKind::TooManyRequests, detail).retry_after(Duration::from_secs(1)).into())
}

/// Returns `None` if the stored hash changed after the password was checked against it.
async fn try_to_enter(
    context: &Context,
    credentials: &Credentials,
    phone: &PhoneNumber,
    password: &Arc<Password>,
    visitor: Visitor,
) -> Result<Option<LoggedIn>, Refusal> {
    let login = context.store.load_login(phone).await?;
    let stored = login.as_ref().map(|login| login.password.clone());
    let verdict = credentials.passwords.verify(password.clone(), stored).await?;
    let (Verdict::Right { rehashed }, Some(login)) = (verdict, login) else {
        log_refused(phone, visitor, "the phone number or the password is wrong");
        let detail = "The phone number or the password is wrong.";
        return Err(Problem::new(ProblemKind::WrongCredentials, detail).into());
    };
    let now = context.clock.now();
    let last_login = LastLogin { at: now, address: visitor.address.to_string() };
    let account = match context.store.record_login(login.user, &last_login).await? {
        LoginOutcome::LoggedIn(account) => *account,
        LoginOutcome::Blocked => {
            log_refused(phone, visitor, "the account is blocked");
            return Err(Problem::blocked().into());
        }
    };
    if let Some(rehashed) = &rehashed {
        keep_rehashed(context, &account.phone, &login, rehashed).await;
    }
    let verified: Vec<_> = rehashed.iter().chain([&login.password]).collect();
    let date = context.settings.players.attendance_offset.day(now);
    let (sessions, owed) = (&credentials.sessions, PendingTask::Day(date));
    let tokens = sessions.open_verified(context, &account, &verified, owed, now).await?;
    let Some(tokens) = tokens else { return Ok(None) };
    let wallet = context.store.load_wallet(account.user).await?;
    let body = UserBody::new(&account, wallet.balance);
    Ok(Some(LoggedIn { user: account.user, date, body, tokens }))
}

/// Logs a refused login for the detection of guessing. All but the last two digits of the number are masked.
fn log_refused(phone: &PhoneNumber, visitor: Visitor, reason: &'static str) {
    let address = visitor.address;
    tracing::info!(
        client.address = %address,
        phone = ?phone,
        reason,
        "Refused a login from {address} with the number {phone:?}: {reason}"
    );
}

/// A failure does not fail the login. The next login tries again.
async fn keep_rehashed(context: &Context, phone: &PhoneNumber, login: &Login, rehashed: &PasswordHash) {
    let kept = context.store.keep_rehashed(phone, &login.password, rehashed).await;
    if let Err(error) = kept {
        tracing::warn!(error = chain(&error), "user.id" = %login.user, "Could not store the new hash of a password");
    }
}

/// A failure does not fail the login: the session owes the day until it is recorded, and the sweeper finds it.
async fn record_day(context: &Context, user: UserId, date: Date) {
    let outgoing = OutgoingJob::of(CheckAttendanceJob { user_id: user, date });
    context.ask_for(vec![outgoing], || format!("the attendance of user {user} on {date}")).await;
}
