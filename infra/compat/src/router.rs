//! One router, made of every function's.

use axum::Router;
use axum::body::{Body, HttpBody};
use axum::extract::{Request, State};
use axum::http::header::CONTENT_LENGTH;
use axum::middleware::{self, Next};
use axum::response::Response;
use evens_credentials::Credentials;
use evens_runtime::{Context, http};
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// How much of a body that is too large is read in vain, and for how long.
const READ_IN_VAIN_MAX: usize = 8 * 1_024 * 1_024;
const READ_IN_VAIN_TIMEOUT: Duration = Duration::from_secs(5);

/// How many requests use the table at once. The others wait for their turn, within their deadline: more calls at once
/// than the engines answer within the time-outs of the SDK would all be repeated, and none of them be answered.
const REQUESTS_AT_ONCE: usize = 64;

/// The same for the embedded engine, which does one thing at a time: more callers would not be answered sooner, but the
/// jobs would wait behind them.
const REQUESTS_AT_ONCE_EMBEDDED: usize = 16;

/// Every function's routes, with what is the same for all of them around it.
pub(crate) fn router(context: Context, credentials: Credentials, is_embedded: bool) -> Router {
    let at_once = if is_embedded { REQUESTS_AT_ONCE_EMBEDDED } else { REQUESTS_AT_ONCE };
    let turns = Arc::new(Semaphore::new(at_once));
    let routes = Router::new()
        .merge(evens_account::router())
        .merge(evens_bets::router())
        .merge(evens_operate_rounds::router())
        .merge(evens_place_bet::router())
        .merge(evens_request_refund::router())
        .merge(evens_rounds::router())
        .merge(evens_wallet::router())
        .route_layer(middleware::from_fn_with_state(turns, wait_for_turn))
        // A password is hashed for longer than a bet takes, and has turns of its own.
        .merge(evens_login::router(credentials.clone()))
        .merge(evens_register::router(credentials))
        // Whether the system is healthy is said also while it is busy.
        .merge(evens_status::router());
    http::serve_layers(routes, context).layer(middleware::from_fn(read_in_vain))
}

async fn wait_for_turn(State(turns): State<Arc<Semaphore>>, request: Request, next: Next) -> Response {
    // An error means that the semaphore is closed, which nobody does.
    let _turn = turns.acquire().await;
    next.run(request).await
}

/// Reads on where a body is declared larger than any that is taken, and keeps nothing of it: a client that writes all
/// of it before it reads would otherwise see its connection end, instead of the answer that says why. What the header
/// declares stays, so the refusal is the same as anywhere.
async fn read_in_vain(request: Request, next: Next) -> Response {
    let declared =
        request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let too_large = http::BODY_SIZE_MAX + 1..=READ_IN_VAIN_MAX;
    if !declared.is_some_and(|length| too_large.contains(&length)) {
        return next.run(request).await;
    }
    let (parts, mut body) = request.into_parts();
    let read =
        async { while let Some(Ok(_)) = poll_fn(|task| Pin::new(&mut body).poll_frame(task)).await {} };
    // Whoever is slower than that sees his connection end.
    let _ = timeout(READ_IN_VAIN_TIMEOUT, read).await;
    next.run(Request::from_parts(parts, Body::empty())).await
}
