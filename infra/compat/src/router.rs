//! One router, made of every function's.

use crate::bodies;
use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::Response;
use evens_credentials::Credentials;
use evens_runtime::{Context, http};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// How many requests use the table at once. The others wait for their turn, within their deadline: more calls at once
/// than the engines answer within the time-outs of the SDK would all be repeated, and none of them be answered.
const REQUESTS_AT_ONCE: usize = 64;

/// The same for the embedded engine, which does one thing at a time: the more callers, the longer jobs wait behind them.
/// Decision 011 has what was measured.
const REQUESTS_AT_ONCE_EMBEDDED: usize = 24;

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
        // Who looks at dead letters waits for queues, for seconds, and would keep a turn from who uses the table.
        .merge(evens_dead_letters::router())
        // Whether the system is healthy is said also while it is busy.
        .merge(evens_status::router())
        // Outside of the turns: a body that does not arrive would hold one.
        .route_layer(middleware::from_fn(bodies::read_first));
    http::serve_layers(routes, context).layer(middleware::from_fn(bodies::read_in_vain))
}

async fn wait_for_turn(State(turns): State<Arc<Semaphore>>, request: Request, next: Next) -> Response {
    // An error means that the semaphore is closed, which nobody does.
    let _turn = turns.acquire().await;
    next.run(request).await
}
