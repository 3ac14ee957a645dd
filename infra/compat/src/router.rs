//! One router, made of every function's.

use axum::Router;
use evens_runtime::{Context, http};

/// Every function's routes, with what is the same for all of them around it.
pub(crate) fn router(context: Context) -> Router {
    let routes = Router::new()
        .merge(evens_bets::router())
        .merge(evens_operate_rounds::router())
        .merge(evens_place_bet::router())
        .merge(evens_request_refund::router())
        .merge(evens_rounds::router())
        .merge(evens_status::router())
        .merge(evens_wallet::router());
    http::serve_layers(routes, context)
}
