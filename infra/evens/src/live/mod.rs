//! The live channel: `GET /live` upgrades to a WebSocket, and `GET /api/live` answers the same snapshot to clients that
//! poll. `docs/live.md` describes the protocol, and the crate `evens-hub` speaks it. Here it is decided who may open a
//! socket.

mod handshake;
mod poll;
mod settings;
mod sockets;
mod upgrade;

pub(crate) use settings::LiveSettings;
pub(crate) use sockets::Sockets;

use axum::{Extension, Router, routing};
use evens_contracts::LIVE;
use evens_runtime::Context;
use std::sync::Arc;

/// The routes of the channel. They take no turn of requests, and `/live` is no request that ends.
pub(crate) fn router(sockets: Arc<Sockets>) -> Router<Context> {
    Router::new()
        .route("/live", routing::get(upgrade::upgrade))
        .route(LIVE.path, routing::get(poll::poll))
        .layer(Extension(sockets))
}
