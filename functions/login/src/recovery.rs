//! A new password for a player who has forgotten theirs.
//!
//! The request for a code reads nothing about an account: it does the same work for every number, and the worker of
//! notifications decides whether a code is sent. So neither the answer nor its time tells whether a number has an
//! account.

use axum::extract::{Extension, Path};
use axum::http::StatusCode;
use evens_contracts::{
    DoneAnswer, NotifyEvent, NotifyJob, Problem, ProblemKind, Rate, RecoverRequest, RecoveryAnswer,
    RecoveryRequest, SendRecoveryCodeJob,
};
use evens_credentials::Credentials;
use evens_http::{Answer, JsonBody, Refusal, TracedContext, Visitor, take_request};
use evens_ledger::UserId;
use evens_players::{Recovery, RecoveryCode, RecoveryId};
use evens_queues::OutgoingJob;
use evens_runtime::Context;
use evens_runtime::telemetry::chain;
use evens_store::RecoverOutcome;

/// Begins a recovery. The budget of the address comes first, so that an address without one uses up no number's.
pub(crate) async fn begin(
    TracedContext(context): TracedContext,
    Extension(credentials): Extension<Credentials>,
    visitor: Visitor,
    JsonBody(body): JsonBody,
) -> Result<Answer<RecoveryAnswer>, Refusal> {
    let RecoveryRequest { phone } = RecoveryRequest::parse(&body, context.settings.players.phone_country)?;
    take_request(&context, Rate::RecoveryAddress, &visitor.address.subject()).await?;
    take_request(&context, Rate::Recovery, phone.line().as_str()).await?;
    let id = RecoveryId::from_random(context.entropy.bytes()?);
    let code = RecoveryCode::from_random(context.entropy.bytes()?);
    let begun = credentials.codes.begun(&id, &phone, &code, context.clock.now());
    context.store.keep_recovery(&begun).await?;
    let outgoing = OutgoingJob::of(SendRecoveryCodeJob { recovery: begun.key, code });
    context.queues.send(vec![outgoing]).await?;
    Ok(Answer::new(StatusCode::ACCEPTED, RecoveryAnswer::new(&id, begun.expires_at())))
}

/// Sets the new password. A password that cannot be one uses no try. A try is counted before the code is compared, so
/// that concurrent requests cannot exceed the number of tries.
pub(crate) async fn finish(
    TracedContext(context): TracedContext,
    Extension(credentials): Extension<Credentials>,
    _: Visitor,
    Path(recovery_id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Answer<DoneAnswer>, Refusal> {
    let RecoverRequest { code, new } = RecoverRequest::parse(&body)?;
    let id: RecoveryId = recovery_id.parse().map_err(|_| wrong_code())?;
    let begun = context.store.load_recovery(id.digest()).await?.ok_or_else(wrong_code)?;
    let new = new.of(&begun.phone).map_err(|error| Problem::invalid("newPassword", error))?;
    let now = context.clock.now();
    let tried = context.store.try_recovery(begun.key, now).await?;
    let right = tried.filter(|tried| credentials.codes.recovers(&id, tried, &code));
    let right = right.ok_or_else(wrong_code)?;
    let user = context.store.user_of_phone(&right.phone).await?.ok_or_else(wrong_code)?;
    let new = credentials.passwords.hash(new).await?;
    match context.store.recover(&right, user, &new, now).await? {
        RecoverOutcome::Recovered(_) => {
            tell(&context, user, &right).await;
            remove_ended(&context, user).await;
            Ok(Answer::ok(DoneAnswer::new("The password is changed. Log in with it")))
        }
        RecoverOutcome::Used | RecoverOutcome::Refused(_) => Err(wrong_code().into()),
    }
}

/// A failure does not undo the recovery: it owes the notification, and the sweeper finds it.
async fn tell(context: &Context, user: UserId, used: &Recovery) {
    let event = NotifyEvent::PasswordChanged { recovery: Some(used.key) };
    let outgoing = OutgoingJob::of(NotifyJob { user_id: user, event, about: used.key.to_string() });
    context.ask_for(vec![outgoing], || format!("the notification of user {user}'s recovery")).await;
}

/// Removes the items of the sessions that the new password has ended. A failure leaves them, and no token opens them.
async fn remove_ended(context: &Context, user: UserId) {
    if let Err(error) = context.store.end_sessions(user).await {
        let error = chain(&error);
        tracing::warn!(error, "user.id" = %user, "Could not remove the ended sessions of user {user}");
    }
}

/// One text for a wrong, expired, used or unknown code, and for an account that may not be recovered.
fn wrong_code() -> Problem {
    let detail = "The code is wrong or has expired. A code is valid for ten minutes and five attempts. Request a new \
                  one.";
    Problem::new(ProblemKind::WrongCode, detail).about_field("code")
}
