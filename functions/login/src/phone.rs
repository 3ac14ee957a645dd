//! Verifying a player's phone number.

use axum::extract::Extension;
use evens_contracts::{
    ApplyBonusJob, DoneAnswer, NotifyEvent, NotifyJob, PhoneCodeRequest, Problem, ProblemKind, Rate,
};
use evens_credentials::Credentials;
use evens_http::{Answer, Caller, ClientAddress, JsonBody, Refusal, TracedContext, take_request};
use evens_ledger::UserId;
use evens_players::{Account, Registration, VerificationCode};
use evens_queues::OutgoingJob;
use evens_runtime::Context;
use evens_store::VerifyPhoneOutcome;

/// Sends a code to the phone number of the account. The code is valid once its hash is stored, and replaces the
/// previous one.
pub(crate) async fn send_code(
    TracedContext(context): TracedContext,
    Extension(credentials): Extension<Credentials>,
    caller: Caller,
    address: ClientAddress,
) -> Result<Answer<DoneAnswer>, Refusal> {
    let account = load(&context, caller.user).await?;
    if account.is_phone_verified {
        return Ok(Answer::ok(verified()));
    }
    take_request(&context, Rate::PhoneCode, account.phone.line().as_str()).await?;
    take_request(&context, Rate::CodeAddress, &address.subject()).await?;
    let code = VerificationCode::from_random(context.entropy.bytes()?);
    let sent = credentials.codes.kept(&account, &code, context.clock.now());
    context.store.keep_phone_code(&sent).await?;
    let about = format!("{}-{}", account.user, sent.sent_at.as_millisecond());
    let event = NotifyEvent::PhoneCode { code, expires_at: sent.expires_at() };
    let outgoing = OutgoingJob::of(NotifyJob { user_id: account.user, event, about });
    context.queues.send(vec![outgoing]).await?;
    Ok(Answer::ok(DoneAnswer::new("The code was sent")))
}

/// Counts an attempt before it compares the code, so that concurrent requests cannot exceed the number of attempts. A
/// wrong, expired or used code gets the same answer.
pub(crate) async fn verify(
    TracedContext(context): TracedContext,
    Extension(credentials): Extension<Credentials>,
    caller: Caller,
    JsonBody(body): JsonBody,
) -> Result<Answer<DoneAnswer>, Refusal> {
    let PhoneCodeRequest { code } = PhoneCodeRequest::parse(&body)?;
    let account = load(&context, caller.user).await?;
    if account.is_phone_verified {
        return Ok(Answer::ok(verified()));
    }
    let tried = context.store.try_phone_code(account.user, context.clock.now()).await?;
    let right = tried.filter(|sent| credentials.codes.is_right(&account, sent, &code));
    let right = right.ok_or_else(wrong_code)?;
    match context.store.verify_phone(&right).await? {
        VerifyPhoneOutcome::Verified(account) => {
            ask_for_bonus(&context, &account).await;
            Ok(Answer::ok(verified()))
        }
        VerifyPhoneOutcome::Replaced => Err(wrong_code().into()),
        VerifyPhoneOutcome::UnknownUser => Err(no_account().into()),
    }
}

async fn load(context: &Context, user: UserId) -> Result<Account, Refusal> {
    Ok(context.store.load_account(user).await?.ok_or_else(no_account)?)
}

/// A failure does not undo the verification: the bonus is owed, and the sweeper finds it.
async fn ask_for_bonus(context: &Context, account: &Account) {
    if account.registration != Registration::BonusDue {
        return;
    }
    let user = account.user;
    let outgoing = OutgoingJob::of(ApplyBonusJob { user_id: user });
    context.ask_for(vec![outgoing], || format!("the bonus of user {user}")).await;
}

fn verified() -> DoneAnswer {
    DoneAnswer::new("The phone number is verified")
}

fn wrong_code() -> Problem {
    let detail = "The code is wrong or has expired. A code is valid for ten minutes and five attempts. Request \
                  a new one.";
    Problem::new(ProblemKind::WrongCode, detail).about_field("code")
}

fn no_account() -> Problem {
    Problem::new(ProblemKind::NotFound, "There is no such account.")
}
