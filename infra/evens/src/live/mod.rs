//! The live channel: `GET /live` upgrades to a WebSocket, and `GET /api/live` answers the same snapshot to clients that
//! poll. `docs/live.md` describes the protocol.
//!
//! The hub is in memory. Each change that the store of this process makes is a hint to it, and so is each change that
//! another process announces. A few readers read the
//! changed state and send the body that `GET` gives to the sockets in its rooms. Money neither waits for a push nor
//! fails because of one.
//!
//! Architecture invariant: every state that is sent was read from the table after its hint, and no token, message or
//! body is logged.

mod announcer;
mod authenticate;
mod hub;
mod members;
mod poll;
mod read;
mod settings;
mod socket;
mod staff;
mod upgrade;

pub(crate) use announcer::announce_once;
pub(crate) use hub::Hub;
pub(crate) use settings::LiveSettings;

use axum::{Extension, Router, routing};
use evens_runtime::Context;
use std::sync::Arc;

/// The routes of the channel. They take no turn of requests, and `/live` is no request that ends.
pub(crate) fn router(hub: Arc<Hub>) -> Router<Context> {
    Router::new()
        .route("/live", routing::get(upgrade::upgrade))
        .route("/api/live", routing::get(poll::poll))
        .layer(Extension(hub))
}
