//! Refreshing and ending a session.

use axum::extract::{Extension, State};
use evens_contracts::{DoneAnswer, RefreshRequest, TokensAnswer};
use evens_credentials::{Credentials, PresentedToken, SessionCookie, SetCookies};
use evens_http::{Answer, JsonBody, Refusal, Visitor};
use evens_runtime::Context;

pub(crate) async fn refresh(
    State(context): State<Context>,
    Extension(credentials): Extension<Credentials>,
    _: Visitor,
    cookie: SessionCookie,
    JsonBody(body): JsonBody,
) -> Result<(SetCookies, Answer<TokensAnswer>), Refusal> {
    let PresentedToken { token, keeper } = cookie.presented(RefreshRequest::parse(&body)?)?;
    let tokens = credentials.sessions.refresh(&context, &token, context.clock.now()).await?;
    let (cookies, tokens) = cookie.keep(keeper, tokens);
    Ok((cookies, Answer::ok(TokensAnswer::new(tokens))))
}

/// Ends the session that any of its refresh tokens names, old ones included. Harmless when repeated.
pub(crate) async fn log_out(
    State(context): State<Context>,
    _: Visitor,
    cookie: SessionCookie,
    JsonBody(body): JsonBody,
) -> Result<(SetCookies, Answer<DoneAnswer>), Refusal> {
    let PresentedToken { token, keeper } = cookie.presented(RefreshRequest::parse(&body)?)?;
    context.store.end_session(token.user(), token.family()).await?;
    Ok((cookie.remove(keeper), Answer::ok(DoneAnswer::new("Logged out"))))
}
