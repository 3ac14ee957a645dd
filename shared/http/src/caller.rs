//! [`Caller`]: the user that a token names. M8 begins here.

use crate::Refusal;
use crate::admission::{AdmittedValue, admit, row};
use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use evens_contracts::{Access, Problem, ProblemKind};
use evens_ledger::UserId;
use evens_players::LOGIN_AGE_MAX;
use evens_runtime::Context;
use evens_runtime::tokens::{Claims, Role, TokenFault};
use jiff::Timestamp;

/// The user that a token names. As an extractor it refuses with `401`, then `429`, then `403` if the account is
/// blocked, then `401` if the sessions of the account were ended since, then `409` if a switch stops the route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    pub user: UserId,
    /// Permissions beyond the user's own data.
    pub role: Role,
    /// Time of the login. `None` for a token from a refresh.
    pub logged_in_at: Option<Timestamp>,
    /// Start of the token's session.
    pub session_started_at: Timestamp,
    /// The epoch of the account's sessions when the token's session began.
    pub session_epoch: u64,
}

/// A caller with one of the roles that the route's row names. As an extractor it refuses with `401`, then `403`, then
/// `429`, then `403` if the account is blocked or has lost the role. Then it refuses with `401` if the account's
/// sessions were ended since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Staff(pub Caller);

impl Caller {
    /// Refuses with `403` if a request names another user than the token. `None` means the caller.
    pub fn require_self(&self, named: Option<UserId>) -> Result<(), Problem> {
        if named.is_none_or(|user| user == self.user) {
            Ok(())
        } else {
            let detail = "userId is not the user of the token. Omit it, or use a token of that user.";
            Err(Problem::new(ProblemKind::Forbidden, detail).about_field("userId"))
        }
    }

    /// Refuses with `403` if the login is too old for an act that cannot be taken back. A refreshed token has no login
    /// time, so its login counts as too old.
    pub fn require_recent_login(&self, now: Timestamp) -> Result<(), Problem> {
        let is_recent = |at: Timestamp| now.duration_since(at) <= LOGIN_AGE_MAX;
        if self.logged_in_at.is_some_and(is_recent) { Ok(()) } else { Err(Problem::login_too_old()) }
    }

    /// Refuses with `403` a caller without any role that the route's row names.
    fn require_role(&self, parts: &Parts) -> Result<(), Problem> {
        let roles = match row(parts)?.access {
            Access::Staff(roles) => roles,
            Access::Public | Access::Player | Access::Provider => &[],
        };
        if roles.contains(&self.role) {
            return Ok(());
        }
        let names: Vec<_> = roles.iter().map(|role| role.as_str()).collect();
        let detail = format!("This needs a token with the role {}.", names.join(" or "));
        Err(Problem::new(ProblemKind::Forbidden, detail))
    }

    /// Extracts the caller, if `is_allowed` accepts it. Reuses the admission made before the body was read, if there
    /// was one.
    async fn admitted(
        parts: &mut Parts,
        context: &Context,
        is_allowed: fn(&Self, &Parts) -> Result<(), Problem>,
    ) -> Result<Self, Refusal> {
        if let Some(AdmittedValue(caller)) = parts.extensions.get::<AdmittedValue<Self>>() {
            let caller = *caller;
            is_allowed(&caller, parts)?;
            return Ok(caller);
        }
        let caller = Self::from_parts(parts, context)?;
        is_allowed(&caller, parts)?;
        admit(context, parts, &caller).await?;
        parts.extensions.insert(AdmittedValue(caller));
        Ok(caller)
    }

    fn from_parts(parts: &Parts, context: &Context) -> Result<Self, Problem> {
        let claims =
            bearer(&parts.headers).and_then(|token| context.tokens.verify(token, context.clock.now()));
        match claims {
            Ok(Claims { user, role, logged_in_at, session_started_at, session_epoch, .. }) => {
                Ok(Self { user, role, logged_in_at, session_started_at, session_epoch })
            }
            Err(fault) => Err(Problem::new(ProblemKind::Unauthorized, fault.to_string())),
        }
    }
}

/// The token of the only `Authorization` header. The scheme is case-insensitive.
///
/// # Errors
/// There is no such header, more than one, or one without a token.
pub fn bearer(headers: &HeaderMap) -> Result<&str, TokenFault> {
    let mut lines = headers.get_all(AUTHORIZATION).iter();
    let header = lines.next().ok_or(TokenFault::Missing)?;
    if lines.next().is_some() {
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
