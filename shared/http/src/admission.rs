//! Checks before a handler runs, besides the token: rate limits, blocked accounts and the switch `all`. The table of
//! routes says which apply.

use crate::{BODY_SIZE_MAX, Caller, ClientAddress, FILE_SIZE_MAX, Refusal, Staff};
use axum::extract::{FromRequestParts, MatchedPath};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use evens_contracts::{Access, BlockCheck, Problem, ProblemKind, ROUTES, Rate, Route, SwitchCheck};
use evens_runtime::tokens::Role;
use evens_runtime::{Context, Quota};
use evens_switches::SwitchName;
use std::sync::{Arc, OnceLock};

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// Carries the quota of a request to the headers of its answer.
#[derive(Debug, Clone, Default)]
pub(super) struct QuotaSlot(Arc<OnceLock<Quota>>);

impl QuotaSlot {
    /// A request counts against one budget only, so the first quota stays.
    pub(super) fn set(&self, quota: Quota) {
        let _ = self.0.set(quota);
    }

    /// Writes the header fields `RateLimit` and `RateLimit-Policy` of the IETF draft.
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

/// The row of a request's route. HEAD uses the row of GET.
///
/// # Errors
/// `500` if the table has no such row: an unlisted route is never served.
pub(super) fn row(parts: &Parts) -> Result<&'static Route, Problem> {
    let path = parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
    row_of(&parts.method, path).ok_or_else(|| {
        tracing::error!(path, method = %parts.method, "A route is served that is not in the table");
        Problem::internal()
    })
}

/// The row of a method and a router path, if the table has one.
pub(super) fn row_of(method: &Method, path: &str) -> Option<&'static Route> {
    let method = if method == Method::HEAD { &Method::GET } else { method };
    let is_row = |route: &&Route| is_same_path(route.path, path) && route.method.as_str() == method;
    ROUTES.iter().find(is_row)
}

/// Maximum body size in bytes on a path. Paths of files have no parameters.
pub fn body_size_max(method: &Method, path: &str) -> usize {
    if row_of(method, path).is_some_and(|row| row.takes_file) { FILE_SIZE_MAX } else { BODY_SIZE_MAX }
}

/// Parameters may have different names in a router and in the table.
fn is_same_path(row: &str, matched: &str) -> bool {
    let is_parameter = |part: &str| part.starts_with('{');
    let mut parts = row.split('/').zip(matched.split('/'));
    row.split('/').count() == matched.split('/').count()
        && parts.all(|(one, other)| one == other || (is_parameter(one) && is_parameter(other)))
}

/// Takes a request from a subject's budget.
///
/// # Errors
/// `429` if the budget is used up, `503` if it cannot be read.
pub async fn take_request(context: &Context, rate: Rate, subject: &str) -> Result<(), Refusal> {
    take(context, rate, subject, &QuotaSlot::default()).await
}

/// The same, and stores the remaining quota in `slot`.
async fn take(context: &Context, rate: Rate, subject: &str, slot: &QuotaSlot) -> Result<(), Refusal> {
    let quota = context.rates.take(&context.store, rate, subject, context.clock.now()).await?;
    let Some(quota) = quota else { return Ok(()) };
    slot.set(quota);
    if quota.is_within { Ok(()) } else { Err(Refusal(exhausted(&quota))) }
}

pub(super) fn exhausted(quota: &Quota) -> Problem {
    let (limit, seconds) = (quota.limit, quota.window.as_secs());
    let wait = seconds_up(quota.reset_after);
    let detail =
        format!("Too many requests: the limit is {limit} in {seconds} seconds. Try again in {wait} seconds.");
    Problem::new(ProblemKind::TooManyRequests, detail).retry_after(quota.reset_after)
}

/// Takes a request of that subject from its route's budget, and stores the quota for the headers.
async fn count(context: &Context, parts: &Parts, route: &Route, subject: &str) -> Result<(), Refusal> {
    let Some(rate) = route.rate else { return Ok(()) };
    let slot = parts.extensions.get::<QuotaSlot>().cloned().unwrap_or_default();
    take(context, rate, subject, &slot).await
}

/// Admits a request with a token, if it is within the user's budget, the account is not blocked, and no switch stops
/// the route. The token's role must still be the account's, and the sessions of the account must not have been ended
/// since the token's login. A user without an account has no role, and cannot be blocked.
///
/// On routes that check a block in their transaction, players' tokens are not compared with the account.
pub(super) async fn admit(context: &Context, parts: &Parts, caller: &Caller) -> Result<(), Refusal> {
    let route = row(parts)?;
    count(context, parts, route, &caller.user.to_string()).await?;
    check_account(context, route, caller).await?;
    check_switch(context, route).await
}

/// Refuses with `409` if operators have stopped all changes and the route makes one.
async fn check_switch(context: &Context, route: &Route) -> Result<(), Refusal> {
    if route.switch_check != SwitchCheck::Before {
        return Ok(());
    }
    match context.stopped_by(SwitchName::All).await? {
        Some(by) => Err(Refusal(Problem::paused(by))),
        None => Ok(()),
    }
}

async fn check_account(context: &Context, route: &Route, caller: &Caller) -> Result<(), Refusal> {
    if route.block_check == BlockCheck::InTransaction && caller.role == Role::Player {
        return Ok(());
    }
    let account = context.store.load_account(caller.user).await?;
    if account.as_ref().is_some_and(|account| account.is_blocked) {
        return Err(Refusal(Problem::blocked()));
    }
    let (role, epoch) = account.map_or((Role::Player, 0), |account| (account.role, account.session_epoch));
    if caller.role != Role::Player && caller.role != role {
        let detail = "The account no longer has the role of the token. Log in again.";
        return Err(Refusal(Problem::new(ProblemKind::Forbidden, detail)));
    }
    if caller.session_epoch != epoch {
        return Err(Refusal(Problem::sessions_ended()));
    }
    Ok(())
}

/// Marks a request as admitted and carries the extracted value, so that it is neither checked nor counted twice.
#[derive(Debug, Clone, Copy)]
pub(super) struct AdmittedValue<T>(pub(super) T);

/// Runs the checks of the handler's extractors before the body is read, according to the table of routes. Returns
/// `false` if the path has no handler for the method. The router then refuses the request, so its body is not needed.
///
/// # Errors
/// Those of [`Caller`], [`Staff`] or [`Visitor`].
pub async fn admit_before_body(parts: &mut Parts, context: &Context) -> Result<bool, Refusal> {
    let path = parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let Some(route) = row_of(&parts.method, path) else { return Ok(false) };
    match route.access {
        Access::Public => Visitor::from_request_parts(parts, context).await.map(|_| ())?,
        Access::Player => Caller::from_request_parts(parts, context).await.map(|_| ())?,
        Access::Staff(_) => Staff::from_request_parts(parts, context).await.map(|_| ())?,
        // Its signature covers the body.
        Access::Provider => {}
    }
    Ok(true)
}

/// A request without a token, within the budget of its address. As an extractor it refuses with `429`, then `409` if a
/// switch stops the route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visitor {
    pub address: ClientAddress,
}

impl FromRequestParts<Context> for Visitor {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, context: &Context) -> Result<Self, Refusal> {
        if let Some(AdmittedValue(visitor)) = parts.extensions.get::<AdmittedValue<Self>>() {
            return Ok(*visitor);
        }
        let Ok(address) = ClientAddress::from_request_parts(parts, context).await;
        let route = row(parts)?;
        count(context, parts, route, &address.subject()).await?;
        check_switch(context, route).await?;
        parts.extensions.insert(AdmittedValue(Self { address }));
        Ok(Self { address })
    }
}
