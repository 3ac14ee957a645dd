//! [`serve_layers`]: the layers shared by all routes.

use crate::admission::{QuotaSlot, exhausted, row_of};
use crate::answered_request::AnsweredRequest;
use crate::compression::{AnswerToRead, compression};
use crate::request_lines::{LineGroup, RequestLines, UpgradeAnswer, is_of_stranger};
use crate::{AddressCount, ClientAddress, IDEMPOTENCY_KEY, Refusal, RequestId, X_REQUEST_ID};
use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{self, HeaderValue};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use evens_contracts::{Problem, ProblemKind, Rate, TraceParent};
use evens_runtime::Context;
use evens_runtime::telemetry::is_sample;
use futures::FutureExt;
use std::panic::AssertUnwindSafe;
use std::time::Duration;
use tokio::time::{Instant, timeout};
use tracing::{Instrument, error, info_span};

/// Deadline of a request, before the gateway's own (K14, X50). At that point the request has committed completely or
/// changed nothing.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(25);

/// Time in which lost races and overload are retried. The rest of the deadline is for the last attempt.
const RETRY_FOR: Duration = Duration::from_secs(18);

/// Logged instead of an unknown path, because clients can send any text.
const UNKNOWN_ROUTE: &str = "unknown route";

/// Wraps a router in the shared layers: request ids, deadline, bodies of refusals, security headers, one log line per
/// request, compression.
pub fn serve_layers(router: Router<Context>, context: Context) -> Router {
    let context = for_requests(context);
    router
        .fallback(async || Refusal(unknown_route()))
        .with_state(context.clone())
        .layer(middleware::from_fn_with_state(Serving::new(context), serve))
        .layer(compression())
}

/// The context for request handlers, which have a deadline.
pub fn for_requests(context: Context) -> Context {
    Context { store: context.store.retry_for(RETRY_FOR), ..context }
}

/// The state that all requests of a router share.
#[derive(Clone)]
struct Serving {
    context: Context,
    /// Refusals without a valid token, path or signature. The answer to any other request does not depend on them.
    refused: AddressCount,
    lines: RequestLines,
}

impl Serving {
    fn new(context: Context) -> Self {
        Self { context, refused: AddressCount::new(Rate::Refused), lines: RequestLines::default() }
    }
}

async fn serve(
    State(Serving { context, refused, lines }): State<Serving>,
    mut request: Request,
    next: Next,
) -> Response {
    let started = Instant::now();
    let request_id = RequestId::of(request.extensions(), request.headers(), &context);
    request.extensions_mut().insert(request_id.clone());
    let quota = QuotaSlot::default();
    request.extensions_mut().insert(quota.clone());
    let method = request.method().clone();
    let matched = request.extensions().get::<MatchedPath>();
    let route = matched.map_or(UNKNOWN_ROUTE.to_owned(), |path| path.as_str().to_owned());
    let is_api = request.uri().path().starts_with("/api");
    let row = row_of(&method, &route);
    let takes_key = row.is_some_and(|row| row.takes_idempotency_key);
    let lacks_key = takes_key && !request.headers().contains_key(IDEMPOTENCY_KEY);
    let address =
        ClientAddress::of(request.extensions(), request.headers(), &context.settings.trusted_proxies);
    let user_agent = request.headers().get(header::USER_AGENT).cloned();
    let trace_id = request_id.traceparent().map(TraceParent::trace_id);
    let span = info_span!("request", request_id = request_id.as_str(), trace_id);
    async {
        let given_up = || given_up(lacks_key, &request_id);
        let mut response = answer(request, next, given_up).await;
        let is_upgrade = response.extensions().get::<UpgradeAnswer>().is_some();
        let refusal = response.extensions_mut().remove::<Refusal>();
        let mut is_stranger = false;
        if let Some(Refusal(mut problem)) = refusal.or_else(|| refusal_of_router(&response)) {
            is_stranger = is_of_stranger(&problem, row);
            let spent = if is_stranger { refused.count(&context, address) } else { None };
            if let Some(spent) = spent {
                quota.set(spent);
                problem = if spent.is_within { problem } else { exhausted(&spent) };
            }
            response = render(&problem, response.headers(), &request_id);
        }
        set_headers(response.headers_mut(), &request_id, is_api);
        quota.write(response.headers_mut());
        if method == Method::GET {
            response.extensions_mut().insert(AnswerToRead);
        }
        let (status, elapsed) = (response.status(), started.elapsed());
        context.metrics.answered(row, status.as_u16(), elapsed, elapsed > AnsweredRequest::SLOW);
        let answered = AnsweredRequest { method, route, status, elapsed, address, user_agent };
        let is_sample = is_sample(request_id.as_str());
        let group = LineGroup::of(row, is_upgrade, is_stranger, status);
        if !answered.is_logged(is_sample) || lines.admits(group) {
            answered.log(is_sample);
        }
        answered.finish_span(&context, &request_id);
        response
    }
    .instrument(span)
    .await
}

/// Runs the handler until the deadline. With unwinding, a panic fails only its own request.
async fn answer(request: Request, next: Next, given_up: impl FnOnce() -> Problem) -> Response {
    let guarded = AssertUnwindSafe(next.run(request)).catch_unwind();
    match timeout(REQUEST_TIMEOUT, guarded).await {
        Ok(Ok(response)) => response,
        Ok(Err(_panic)) => {
            error!("The request failed: its handler panicked");
            Refusal(Problem::internal()).into_response()
        }
        Err(_elapsed) => Refusal(given_up()).into_response(),
    }
}

/// Explains how to find the outcome of a timed-out request. A request without a key has its id as one.
fn given_up(lacks_key: bool, request_id: &RequestId) -> Problem {
    let detail = if lacks_key {
        format!(
            "Request timeout. Repeat it with the header Idempotency-Key: {request_id}, which returns the bet or \
             the deposit if it was created."
        )
    } else {
        "Request timeout. Repeat it with the same Idempotency-Key.".to_owned()
    };
    Problem::new(ProblemKind::RequestTimeout, detail)
}

fn unknown_route() -> Problem {
    let detail = "There is no such path. GET /openapi.json lists all paths.";
    Problem::new(ProblemKind::NotFound, detail)
}

/// Replaces refusals made by the router itself: a wrong method, or a path with unreadable parameters. Handlers' answers
/// have their own body.
fn refusal_of_router(response: &Response) -> Option<Refusal> {
    let is_json =
        response.headers().get(header::CONTENT_TYPE).is_some_and(|value| value == "application/json");
    if is_json {
        return None;
    }
    match response.status() {
        StatusCode::METHOD_NOT_ALLOWED => {
            let detail =
                "The path does not support this method. The header Allow lists those that it supports.";
            Some(Refusal(Problem::new(ProblemKind::MethodNotAllowed, detail)))
        }
        StatusCode::BAD_REQUEST => Some(Refusal(unknown_route())),
        status if status.is_server_error() => Some(Refusal(Problem::internal())),
        _ => None,
    }
}

/// The problem as `application/problem+json`, with its headers.
fn render(problem: &Problem, refused: &HeaderMap, request_id: &RequestId) -> Response {
    // A problem contains only strings and numbers, so serialization cannot fail.
    let body = serde_json::to_vec(&problem.body(request_id.as_str())).unwrap_or_default();
    let status = StatusCode::from_u16(problem.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    let content_type = HeaderValue::from_static("application/problem+json");
    headers.insert(header::CONTENT_TYPE, content_type);
    for name in [header::ALLOW, header::CONNECTION, header::SEC_WEBSOCKET_VERSION, header::UPGRADE] {
        if let Some(value) = refused.get(&name) {
            headers.insert(name, value.clone());
        }
    }
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if let Some(retry_after) = problem.retry_after {
        // Whole seconds, rounded up, so that the client does not retry too early.
        let seconds = retry_after.as_millis().div_ceil(1_000);
        headers.insert(header::RETRY_AFTER, HeaderValue::from(u64::try_from(seconds).unwrap_or(u64::MAX)));
    }
    response
}

fn set_headers(headers: &mut HeaderMap, request_id: &RequestId, is_api: bool) {
    if let Ok(id) = HeaderValue::from_str(request_id.as_str()) {
        headers.insert(X_REQUEST_ID, id);
    }
    let traceparent = request_id.traceparent().map(|parent| HeaderValue::from_str(&parent.to_string()));
    if let Some(Ok(traceparent)) = traceparent {
        headers.insert(TraceParent::NAME, traceparent);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if is_api {
        // Only public answers are cacheable, for as long as their route says.
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
}
