//! [`Caller`]: whom the token names. M8 begins here.

use crate::Refusal;
use crate::admission::{Admitted, admit, row};
use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use evens_contracts::{Access, Problem, ProblemKind};
use evens_ledger::UserId;
use evens_runtime::Context;
use evens_runtime::tokens::{Claims, Role, TokenFault};
use jiff::Timestamp;

/// Whom the token names. As an argument it refuses with `401`, then `429`, then `403` where the account is blocked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// The user.
    pub user: UserId,
    /// What the token allows beyond what is the user's own.
    pub role: Role,
    /// When the user logged in; none where the token carries an older login on.
    pub logged_in_at: Option<Timestamp>,
    /// When the session started that the token is of.
    pub session_started_at: Timestamp,
}

/// A caller with one of the roles that the route's row asks for. As an argument it refuses with `401`, then `403`, then
/// `429`, then `403` where the account is blocked or does not have the role any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Staff(pub Caller);

impl Caller {
    /// Refuses with `403` where a request names another user than the token does. None named means the caller.
    pub fn require_self(&self, named: Option<UserId>) -> Result<(), Problem> {
        if named.is_none_or(|user| user == self.user) {
            Ok(())
        } else {
            let detail = "userId is not the user of the token. Leave it out, or use that user's token.";
            Err(Problem::new(ProblemKind::Forbidden, detail).about_field("userId"))
        }
    }

    /// Refuses with `403` who has none of the roles that the row of the route asks for.
    fn require_role(&self, parts: &Parts) -> Result<(), Problem> {
        let roles = match row(parts)?.access {
            Access::Staff(roles) => roles,
            Access::Public | Access::Player | Access::Provider => &[],
        };
        if roles.contains(&self.role) {
            return Ok(());
        }
        let names: Vec<_> = roles.iter().map(|role| role.as_str()).collect();
        let detail = format!("Only a token with the role {} may do this.", names.join(" or "));
        Err(Problem::new(ProblemKind::Forbidden, detail))
    }

    /// Whom the token names, if this is allowed to it; admitted now, or before the body was read.
    async fn admitted(
        parts: &mut Parts,
        context: &Context,
        is_allowed: fn(&Self, &Parts) -> Result<(), Problem>,
    ) -> Result<Self, Refusal> {
        if let Some(Admitted(caller)) = parts.extensions.get::<Admitted<Self>>() {
            let caller = *caller;
            is_allowed(&caller, parts)?;
            return Ok(caller);
        }
        let caller = Self::from_parts(parts, context)?;
        is_allowed(&caller, parts)?;
        admit(context, parts, &caller).await?;
        parts.extensions.insert(Admitted(caller));
        Ok(caller)
    }

    fn from_parts(parts: &Parts, context: &Context) -> Result<Self, Problem> {
        let claims = bearer(parts).and_then(|token| context.tokens.verify(token, context.clock.now()));
        match claims {
            Ok(Claims { user, role, logged_in_at, session_started_at, .. }) => {
                Ok(Self { user, role, logged_in_at, session_started_at })
            }
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
        Self::admitted(parts, context, |_, _| Ok(())).await
    }
}

impl FromRequestParts<Context> for Staff {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, context: &Context) -> Result<Self, Refusal> {
        Caller::admitted(parts, context, Caller::require_role).await.map(Self)
    }
}
