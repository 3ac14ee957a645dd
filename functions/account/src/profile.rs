//! The player's account, and the players who signed up with its referral code.

use axum::extract::State;
use evens_contracts::{Problem, ProblemKind, ProfileRequest, ReferralListAnswer, UserAnswer, UserBody};
use evens_http::{Answer, Caller, JsonBody, PageCursor, Refusal};
use evens_runtime::Context;
use evens_store::AccountWrite;

const PAGE: u16 = 50;

pub(crate) async fn read(
    State(context): State<Context>,
    caller: Caller,
) -> Result<Answer<UserAnswer>, Refusal> {
    let found = context.store.load_account_and_wallet(caller.user).await?;
    let (account, wallet) = found.ok_or_else(no_account)?;
    Ok(Answer::ok(UserAnswer::new(UserBody::new(&account, wallet.balance))))
}

pub(crate) async fn change(
    State(context): State<Context>,
    caller: Caller,
    JsonBody(body): JsonBody,
) -> Result<Answer<UserAnswer>, Refusal> {
    let ProfileRequest { name, picture } = ProfileRequest::parse(&body)?;
    match context.store.update_profile(caller.user, name.as_ref(), picture).await? {
        AccountWrite::Written(account) => {
            let wallet = context.store.load_wallet(caller.user).await?;
            Ok(Answer::ok(UserAnswer::new(UserBody::new(&account, wallet.balance))))
        }
        AccountWrite::UnknownUser => Err(no_account().into()),
    }
}

pub(crate) async fn list_referrals(
    State(context): State<Context>,
    caller: Caller,
    PageCursor(cursor): PageCursor,
) -> Result<Answer<ReferralListAnswer>, Refusal> {
    let before = cursor.map(|cursor| cursor.before);
    let page = context.store.list_referrals(caller.user, before, PAGE).await?;
    Ok(Answer::ok(ReferralListAnswer::new(&page.referrals, page.next_before)))
}

/// The token is valid, but its user has no account: they have a wallet and never signed up.
fn no_account() -> Problem {
    Problem::new(ProblemKind::NotFound, "The user of the token has no account. Log in again.")
}
