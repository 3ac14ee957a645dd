//! `GET /metrics` for Prometheus, on a separate address: players can reach only the API.

use crate::places::Places;
use crate::server::{self, Limits};
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::{Router, routing};
use evens_metrics::Metrics;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// Serves until `stop` is set.
pub(crate) async fn serve(listener: TcpListener, metrics: Metrics, stop: watch::Receiver<bool>) {
    let router = Router::new().route("/metrics", routing::get(text)).with_state(metrics);
    let limits = Limits::of_scrapers();
    server::serve(listener, router, limits, Places::new(limits.share, &[]), stop).await;
}

async fn text(State(metrics): State<Metrics>) -> impl IntoResponse {
    ([(CONTENT_TYPE, Metrics::PROMETHEUS_CONTENT_TYPE)], metrics.prometheus())
}
