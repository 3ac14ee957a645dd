//! Logging in.

use axum::extract::{Extension, State};
use evens_accounts::{Account, LastLogin, PhoneNumber};
use evens_contracts::{
    CheckAttendanceJob, Job, LoginAnswer, LoginRequest, Problem, ProblemKind, Rate, UserBody,
};
use evens_credentials::{Credentials, Verdict};
use evens_queues::Outgoing;
use evens_runtime::Context;
use evens_runtime::http::{Answer, JsonBody, Refusal, RequestId, Visitor, take_request};
use evens_runtime::telemetry::chain;
use evens_store::{Login, LoginOutcome, PasswordHash};
use jiff::Timestamp;

pub(crate) async fn log_in(
    State(context): State<Context>,
    Extension(credentials): Extension<Credentials>,
    Extension(request_id): Extension<RequestId>,
    visitor: Visitor,
    JsonBody(body): JsonBody,
) -> Result<Answer<LoginAnswer>, Refusal> {
    let request = LoginRequest::parse(&body, context.settings.phone_country)?;
    take_request(&context, Rate::Phone, request.phone.as_str()).await?;
    let mut logged_in = enter(&context, &credentials, request, visitor).await;
    if logged_in.as_ref().is_err_and(|refusal| refusal.0.kind == ProblemKind::Unavailable) {
        // Another login may have made the hash anew at the same moment.
        let again = LoginRequest::parse(&body, context.settings.phone_country)?;
        logged_in = enter(&context, &credentials, again, visitor).await;
    }
    let (account, answer) = logged_in.map_err(|refusal| refusal.worded("An error occurred"))?;
    record_day(&context, &account, &request_id).await;
    Ok(Answer::ok(answer))
}

async fn enter(
    context: &Context,
    credentials: &Credentials,
    request: LoginRequest,
    visitor: Visitor,
) -> Result<(Account, LoginAnswer), Refusal> {
    let LoginRequest { phone, password } = request;
    let login = context.store.load_login(&phone).await?;
    let stored = login.as_ref().map(|login| login.password.clone());
    let verdict = credentials.passwords.verify(password, stored).await?;
    let (Verdict::Right { rehashed }, Some(login)) = (verdict, login) else {
        let detail = "The phone number or the password is wrong.";
        return Err(Problem::new(ProblemKind::WrongCredentials, detail).into());
    };
    let now = context.clock.now();
    let last_login = LastLogin { at: now, address: visitor.address.to_string() };
    let account = match context.store.record_login(login.user, &last_login).await? {
        LoginOutcome::LoggedIn(account) => account,
        LoginOutcome::Blocked => return Err(Problem::blocked().into()),
    };
    if let Some(rehashed) = &rehashed {
        keep_rehashed(context, &phone, &login, rehashed, now).await;
    }
    let verified: Vec<_> = rehashed.iter().chain([&login.password]).collect();
    let tokens = credentials.sessions.open_verified(context, &account, &verified, now).await?;
    let wallet = context.store.load_wallet(account.user).await?;
    let user = UserBody::new(&account, wallet.balance);
    Ok((account, LoginAnswer::new(user, tokens)))
}

/// The login stands whether or not this succeeds: the next one does it.
async fn keep_rehashed(
    context: &Context,
    phone: &PhoneNumber,
    login: &Login,
    rehashed: &PasswordHash,
    now: Timestamp,
) {
    let kept = context.store.replace_password(phone, &login.password, rehashed, now).await;
    if let Err(error) = kept {
        tracing::warn!(error = chain(&error), "user.id" = %login.user, "Could not keep the new hash of a password");
    }
}

/// The login stands whether or not this succeeds. The day is fixed here, by our clock: whoever works on the job after
/// midnight records the day of the login.
async fn record_day(context: &Context, account: &Account, request_id: &RequestId) {
    let user = account.user;
    let at = account.last_login.as_ref().map_or_else(|| context.clock.now(), |login| login.at);
    let date = context.settings.attendance_offset.day(at);
    let job = Job::CheckAttendance(CheckAttendanceJob { user_id: user, date });
    let outgoing = Outgoing::new(job, user).traced(request_id.as_str());
    if let Err(error) = context.queues.send(vec![outgoing]).await {
        tracing::warn!(error = chain(&error), "user.id" = %user, "Could not ask for the attendance of user {user} on {date}");
    }
}
