//! [`Caller`]: whom the token names. M8 begins here.

use super::Refusal;
use super::admission::{Admitted, admit};
use crate::Context;
use crate::tokens::{Role, TokenFault};
use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use evens_contracts::{Problem, ProblemKind};
use evens_ledger::UserId;

/// Whom the token names. As an argument it refuses with `401`, then `429`, then `403` where the account is blocked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// The user.
    pub user: UserId,
    /// What the token allows beyond what is the user's own.
    pub role: Role,
}

/// A caller with the operator role. As an argument it refuses with `401`, then `403`, then `429`, then
/// `403` where the account is blocked or does not have the role any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operator(pub Caller);

/// A caller with the oracle role. As an argument it refuses with `401`, then `403`, then `429`, then
/// `403` where the account is blocked or does not have the role any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Oracle(pub Caller);

impl Caller {
    /// Refuses with `403` who is not an operator.
    pub fn require_operator(&self) -> Result<(), Problem> {
        self.require(Role::Operator, "Only a token with the operator role may do this.")
    }

    /// Refuses with `403` who is not an oracle.
    pub fn require_oracle(&self) -> Result<(), Problem> {
        self.require(Role::Oracle, "Only a token with the oracle role may do this.")
    }

    /// Refuses with `403` where a request names another user than the token does. None named means the caller.
    pub fn require_self(&self, named: Option<UserId>) -> Result<(), Problem> {
        if named.is_none_or(|user| user == self.user) {
            Ok(())
        } else {
            let detail = "userId is not the user of the token. Leave it out, or use that user's token.";
            Err(Problem::new(ProblemKind::Forbidden, detail).about_field("userId"))
        }
    }

    fn require(&self, role: Role, detail: &str) -> Result<(), Problem> {
        if self.role == role { Ok(()) } else { Err(Problem::new(ProblemKind::Forbidden, detail)) }
    }

    /// Whom the token names, if this is allowed to it; admitted now, or before the body was read.
    async fn admitted(
        parts: &mut Parts,
        context: &Context,
        is_allowed: fn(&Self) -> Result<(), Problem>,
    ) -> Result<Self, Refusal> {
        if let Some(Admitted(caller)) = parts.extensions.get::<Admitted<Self>>() {
            is_allowed(caller)?;
            return Ok(*caller);
        }
        let caller = Self::from_parts(parts, context)?;
        is_allowed(&caller)?;
        admit(context, parts, &caller).await?;
        parts.extensions.insert(Admitted(caller));
        Ok(caller)
    }

    fn from_parts(parts: &Parts, context: &Context) -> Result<Self, Problem> {
        let claims = bearer(parts).and_then(|token| context.tokens.verify(token, context.clock.now()));
        match claims {
            Ok(claims) => Ok(Self { user: claims.user, role: claims.role }),
            Err(fault) => Err(Problem::new(ProblemKind::Unauthorized, fault.to_string())),
        }
    }
}

/// The token of the one `Authorization` header, whose scheme may be written in any case.
fn bearer(parts: &Parts) -> Result<&str, TokenFault> {
    let mut headers = parts.headers.get_all(AUTHORIZATION).iter();
    let header = headers.next().ok_or(TokenFault::Missing)?;
    if headers.next().is_some() {
        return Err(TokenFault::Malformed);
    }
    let text = header.to_str().map_err(|_| TokenFault::Malformed)?;
    match text.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(token.trim()),
        _ => Err(TokenFault::Missing),
    }
}

impl FromRequestParts<Context> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, context: &Context) -> Result<Self, Refusal> {
        Self::admitted(parts, context, |_| Ok(())).await
    }
}

impl FromRequestParts<Context> for Operator {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, context: &Context) -> Result<Self, Refusal> {
        Caller::admitted(parts, context, Caller::require_operator).await.map(Self)
    }
}

impl FromRequestParts<Context> for Oracle {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, context: &Context) -> Result<Self, Refusal> {
        Caller::admitted(parts, context, Caller::require_oracle).await.map(Self)
    }
}
