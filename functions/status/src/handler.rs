//! The routes.

use axum::extract::State;
use axum::http::StatusCode;
use axum::{Router, routing};
use evens_contracts::{HealthAnswer, openapi};
use evens_runtime::Context;
use evens_runtime::http::Answer;
use std::time::Duration;
use tokio::time::timeout;

/// What does not answer within this time is not healthy.
const PROBE_TIMEOUT: Duration = Duration::from_secs(2);

/// The function's routes.
pub fn router() -> Router<Context> {
    Router::new()
        .route("/health", routing::get(health))
        .route("/openapi.json", routing::get(async || Answer::ok(openapi())))
}

async fn health(State(context): State<Context>) -> Answer<HealthAnswer> {
    let (table, queues) = tokio::join!(
        timeout(PROBE_TIMEOUT, context.store.probe()),
        timeout(PROBE_TIMEOUT, context.queues.probe()),
    );
    let (table, queues) = (matches!(table, Ok(Ok(()))), matches!(queues, Ok(Ok(()))));
    let healthy = table && queues;
    if !healthy {
        tracing::error!(table, queues, "Database health check failed");
    }
    let status = if healthy { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    Answer::new(status, HealthAnswer { healthy, table, queues })
}
