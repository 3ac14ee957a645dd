//! The routes.

use axum::extract::State;
use axum::http::StatusCode;
use axum::{Router, routing};
use evens_contracts::{HealthAnswer, LiveAnswer, ReadyAnswer, openapi};
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
        .route("/health/live", routing::get(async || Answer::ok(LiveAnswer { alive: true })))
        .route("/health/ready", routing::get(ready))
        .route("/openapi.json", routing::get(async || Answer::ok(openapi())))
}

async fn health(State(context): State<Context>) -> Answer<HealthAnswer> {
    let (table, queues) = probe(&context).await;
    let healthy = table && queues;
    Answer::new(status(healthy), HealthAnswer { healthy, table, queues })
}

/// A process that is about to stop is not ready, whatever answers.
async fn ready(State(context): State<Context>) -> Answer<ReadyAnswer> {
    let (table, queues) = probe(&context).await;
    let draining = context.draining.has_begun();
    let ready = table && queues && !draining;
    Answer::new(status(ready), ReadyAnswer { ready, draining, table, queues })
}

fn status(is_good: bool) -> StatusCode {
    if is_good { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }
}

/// Whether the table answers, and whether the queues do.
async fn probe(context: &Context) -> (bool, bool) {
    let (table, queues) = tokio::join!(
        timeout(PROBE_TIMEOUT, context.store.probe()),
        timeout(PROBE_TIMEOUT, context.queues.probe()),
    );
    let (table, queues) = (matches!(table, Ok(Ok(()))), matches!(queues, Ok(Ok(()))));
    if !(table && queues) {
        tracing::error!(table, queues, "Database health check failed");
    }
    (table, queues)
}
