//! `GET /metrics` for Prometheus, on a separate address: players can reach only the API.
//!
//! On a loopback address, web pages cannot read them through a host name that leads to this machine.

use crate::server::connection_slots::ConnectionSlots;
use crate::server::{self, Limits};
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::{Router, routing};
use evens_engines::Access;
use evens_metrics::Metrics;
use std::net::SocketAddr;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// Serves until `stop` is set.
pub(crate) async fn serve(
    listener: TcpListener,
    address: SocketAddr,
    metrics: Metrics,
    stop: watch::Receiver<bool>,
) {
    let router = Router::new().route("/metrics", routing::get(text)).with_state(metrics);
    // A scraper on another machine may use any name of this one.
    let access = if address.ip().is_loopback() { Access::ThisMachine } else { Access::Anybody };
    let router = access.guard(router);
    let limits = Limits::of_scrapers();
    server::serve(listener, router, limits, ConnectionSlots::new(limits.share, &[]), stop).await;
}

async fn text(State(metrics): State<Metrics>) -> impl IntoResponse {
    ([(CONTENT_TYPE, Metrics::PROMETHEUS_CONTENT_TYPE)], metrics.prometheus())
}
