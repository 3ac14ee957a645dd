use crate::document::document;
use crate::recent_probe::{Probe, RecentProbe};
use axum::extract::{Extension, State};
use axum::http::StatusCode;
use axum::{Router, routing};
use evens_contracts::{HealthAnswer, LiveAnswer, ReadyAnswer};
use evens_http::Answer;
use evens_runtime::Context;
use std::sync::Arc;

pub fn router() -> Router<Context> {
    Router::new()
        .route("/health", routing::get(health))
        .route("/health/live", routing::get(async || Answer::ok(LiveAnswer { alive: true })))
        .route("/health/ready", routing::get(ready))
        .route("/openapi.json", routing::get(document))
        .layer(Extension(Arc::new(RecentProbe::default())))
}

async fn health(
    State(context): State<Context>,
    Extension(recent): Extension<Arc<RecentProbe>>,
) -> Answer<HealthAnswer> {
    let answer = HealthAnswer::from(recent.of(&context).await);
    Answer::new(status(answer.healthy), answer)
}

/// A process that is shutting down is not ready, whatever the probes say.
async fn ready(
    State(context): State<Context>,
    Extension(recent): Extension<Arc<RecentProbe>>,
) -> Answer<ReadyAnswer> {
    let Probe { table, queues, .. } = recent.of(&context).await;
    let draining = context.draining.has_begun();
    let ready = table && queues && !draining;
    Answer::new(status(ready), ReadyAnswer { ready, draining, table, queues })
}

fn status(is_good: bool) -> StatusCode {
    if is_good { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }
}
