//! Proving that a phone number is one's own.

use axum::extract::Extension;
use evens_contracts::{
    ApplyBonusJob, DoneAnswer, NotifyEvent, NotifyJob, PhoneCodeRequest, Problem, ProblemKind, Rate,
};
use evens_credentials::Credentials;
use evens_http::{Answer, Caller, ClientAddress, JsonBody, Refusal, Traced, take_request};
use evens_ledger::UserId;
use evens_players::{Account, Registration, VerificationCode};
use evens_queues::Outgoing;
use evens_runtime::Context;
use evens_store::VerifyPhoneOutcome;

/// Has a code sent to the number of the player's account. It holds once somebody has kept its hash, and the one before
/// does not hold any more.
pub(crate) async fn send_code(
    Traced(context): Traced,
    Extension(credentials): Extension<Credentials>,
    caller: Caller,
    address: ClientAddress,
) -> Result<Answer<DoneAnswer>, Refusal> {
    let account = load(&context, caller.user).await?;
    if account.is_phone_verified {
        return Ok(Answer::ok(verified()));
    }
    take_request(&context, Rate::PhoneCode, account.phone.as_str()).await?;
    take_request(&context, Rate::CodeAddress, &address.subject()).await?;
    let code = VerificationCode::from_random(context.entropy.bytes()?);
    let sent = credentials.codes.kept(&account, &code, context.clock.now());
    context.store.keep_phone_code(&sent).await?;
    let about = format!("{}-{}", account.user, sent.sent_at.as_millisecond());
    let event = NotifyEvent::PhoneCode { code, expires_at: sent.expires_at() };
    let outgoing = Outgoing::of(NotifyJob { user_id: account.user, event, about });
    context.queues.send(vec![outgoing]).await?;
    Ok(Answer::ok(DoneAnswer::new("The code is on its way")))
}

/// Takes a try before it looks at the code, so that of many requests at once no more are looked at than there are
/// tries. Whether a code is wrong, too old or used up is said alike.
pub(crate) async fn verify(
    Traced(context): Traced,
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

/// The number is proved whether or not this succeeds: what has waited for it is owed by now, and the sweeper finds it.
async fn ask_for_bonus(context: &Context, account: &Account) {
    if account.registration != Registration::BonusDue {
        return;
    }
    let user = account.user;
    let outgoing = Outgoing::of(ApplyBonusJob { user_id: user });
    context.ask_for(vec![outgoing], || format!("the bonus of user {user}")).await;
}

fn verified() -> DoneAnswer {
    DoneAnswer::new("The phone number is verified")
}

fn wrong_code() -> Problem {
    let detail = "The code is wrong, or holds no more: it is good for ten minutes and five tries. Ask for another one.";
    Problem::new(ProblemKind::WrongCode, detail).about_field("code")
}

fn no_account() -> Problem {
    Problem::new(ProblemKind::NotFound, "There is no such account.")
}
