//! What is asked of a request before its handler is called, beside whose token it is: how often, and whether the
//! account is blocked. The table of routes says which of it.

use crate::{Caller, ClientAddress, Refusal, Staff};
use axum::extract::{FromRequestParts, MatchedPath};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use evens_contracts::{Access, BlockCheck, Problem, ProblemKind, ROUTES, Rate, Route};
use evens_runtime::tokens::Role;
use evens_runtime::{Context, Quota};
use std::sync::{Arc, OnceLock};

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// Where a request leaves word of its budget, for the headers of its answer.
#[derive(Debug, Clone, Default)]
pub(super) struct QuotaSlot(Arc<OnceLock<Quota>>);

impl QuotaSlot {
    /// The header fields `RateLimit` and `RateLimit-Policy`, as the IETF's draft has them.
    pub(super) fn write(&self, headers: &mut HeaderMap) {
        let Some(quota) = self.0.get() else { return };
        let Quota { name, limit, window, remaining, .. } = *quota;
        let fields = [
            (RATE_LIMIT_POLICY, format!("\"{name}\";q={limit};w={}", window.as_secs())),
            (RATE_LIMIT, format!("\"{name}\";r={remaining};t={}", seconds_up(quota.reset_after))),
        ];
        for (name, value) in fields {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(name, value);
            }
        }
    }
}

fn seconds_up(duration: std::time::Duration) -> u128 {
    duration.as_millis().div_ceil(1_000)
}

/// The row of a request's route. Where a path answers GET, it answers HEAD in the same way.
///
/// # Errors
/// `500` where the table does not have it: what is in no table is not let through.
pub(super) fn row(parts: &Parts) -> Result<&'static Route, Problem> {
    let path = parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
    row_of(&parts.method, path).ok_or_else(|| {
        tracing::error!(path, method = %parts.method, "A route is served that is not in the table");
        Problem::internal()
    })
}

/// The row of a method and a path as the router has it, if the table has one.
pub(super) fn row_of(method: &Method, path: &str) -> Option<&'static Route> {
    let method = if method == Method::HEAD { &Method::GET } else { method };
    let is_row = |route: &&Route| is_same_path(route.path, path) && route.method.as_str() == method;
    ROUTES.iter().find(is_row)
}

/// Parameters may have other names in a router than in the table.
fn is_same_path(row: &str, matched: &str) -> bool {
    let is_parameter = |part: &str| part.starts_with('{');
    let mut parts = row.split('/').zip(matched.split('/'));
    row.split('/').count() == matched.split('/').count()
        && parts.all(|(one, other)| one == other || (is_parameter(one) && is_parameter(other)))
}

/// Takes a request out of a subject's budget.
///
/// # Errors
/// `429` where the budget is used up, `503` where nobody can tell.
pub async fn take_request(context: &Context, rate: Rate, subject: &str) -> Result<(), Refusal> {
    take(context, rate, subject, &QuotaSlot::default()).await
}

/// The same, and leaves word of what is left of the budget.
async fn take(context: &Context, rate: Rate, subject: &str, slot: &QuotaSlot) -> Result<(), Refusal> {
    let quota = context.rates.take(&context.store, rate, subject, context.clock.now()).await?;
    let Some(quota) = quota else { return Ok(()) };
    // It is set once: a request is taken out of the budget of one route.
    let _ = slot.0.set(quota);
    if quota.is_within { Ok(()) } else { Err(Refusal(exhausted(&quota))) }
}

fn exhausted(quota: &Quota) -> Problem {
    let (limit, seconds) = (quota.limit, quota.window.as_secs());
    let wait = seconds_up(quota.reset_after);
    let detail =
        format!("Too many requests: the limit is {limit} in {seconds} seconds. Try again in {wait} seconds.");
    Problem::new(ProblemKind::TooManyRequests, detail).retry_after(quota.reset_after)
}

/// Takes a request of that subject out of its route's budget, and leaves word for the headers.
async fn count(context: &Context, parts: &Parts, route: &Route, subject: &str) -> Result<(), Refusal> {
    let Some(rate) = route.rate else { return Ok(()) };
    let slot = parts.extensions.get::<QuotaSlot>().cloned().unwrap_or_default();
    take(context, rate, subject, &slot).await
}

/// Admits a request with a token: within the user's budget, and not blocked. A role of the token must be the account's
/// still; who has no account has no role, and cannot be blocked.
pub(super) async fn admit(context: &Context, parts: &Parts, caller: &Caller) -> Result<(), Refusal> {
    let route = row(parts)?;
    count(context, parts, route, &caller.user.to_string()).await?;
    if route.block_check == BlockCheck::InTransaction && caller.role == Role::Player {
        return Ok(());
    }
    let account = context.store.load_account(caller.user).await?;
    if account.as_ref().is_some_and(|account| account.is_blocked) {
        return Err(Refusal(Problem::blocked()));
    }
    let role = account.map_or(Role::Player, |account| account.role);
    if caller.role != Role::Player && caller.role != role {
        let detail = "The role of the token was taken from its account. Log in again.";
        return Err(Refusal(Problem::new(ProblemKind::Forbidden, detail)));
    }
    Ok(())
}

/// The mark of a request that was admitted, with what an argument of its handler is made of: nobody asks, and counts,
/// again.
#[derive(Debug, Clone, Copy)]
pub(super) struct Admitted<T>(pub(super) T);

/// Asks of a request what the arguments of its handler will ask, before its body is read: by the table of routes. False
/// where it has no handler, as its path does not have its method: then the router refuses it, and nobody needs the
/// body.
///
/// # Errors
/// As [`Caller`], [`Staff`] or [`Visitor`] refuses.
pub async fn admit_before_body(parts: &mut Parts, context: &Context) -> Result<bool, Refusal> {
    let path = parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let Some(route) = row_of(&parts.method, path) else { return Ok(false) };
    match route.access {
        Access::Public => Visitor::from_request_parts(parts, context).await.map(|_| ())?,
        Access::Player => Caller::from_request_parts(parts, context).await.map(|_| ())?,
        Access::Staff(_) => Staff::from_request_parts(parts, context).await.map(|_| ())?,
        // What it signs is the body.
        Access::Provider => {}
    }
    Ok(true)
}

/// A request without a token that is within the budget of its address. As an argument it refuses with `429`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visitor {
    /// Where it comes from.
    pub address: ClientAddress,
}

impl FromRequestParts<Context> for Visitor {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, context: &Context) -> Result<Self, Refusal> {
        if let Some(Admitted(visitor)) = parts.extensions.get::<Admitted<Self>>() {
            return Ok(*visitor);
        }
        let Ok(address) = ClientAddress::from_request_parts(parts, context).await;
        count(context, parts, row(parts)?, &address.subject()).await?;
        parts.extensions.insert(Admitted(Self { address }));
        Ok(Self { address })
    }
}
