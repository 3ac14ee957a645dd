//! Refreshing and ending a session.

use axum::extract::{Extension, State};
use evens_contracts::{DoneAnswer, RefreshRequest, TokensAnswer};
use evens_credentials::Credentials;
use evens_http::{Answer, JsonBody, Refusal, Visitor};
use evens_runtime::Context;

pub(crate) async fn refresh(
    State(context): State<Context>,
    Extension(credentials): Extension<Credentials>,
    _: Visitor,
    JsonBody(body): JsonBody,
) -> Result<Answer<TokensAnswer>, Refusal> {
    let RefreshRequest { token } = RefreshRequest::parse(&body)?;
    let tokens = credentials.sessions.refresh(&context, &token, context.clock.now()).await?;
    Ok(Answer::ok(TokensAnswer::new(tokens)))
}

/// Ends the session that any of its refresh tokens names, old ones included. Harmless when repeated.
pub(crate) async fn log_out(
    State(context): State<Context>,
    _: Visitor,
    JsonBody(body): JsonBody,
) -> Result<Answer<DoneAnswer>, Refusal> {
    let RefreshRequest { token } = RefreshRequest::parse(&body)?;
    context.store.end_session(token.user(), token.family()).await?;
    Ok(Answer::ok(DoneAnswer::new("Logged out")))
}
