//! `GET /live`: upgrades a connection to a WebSocket. The token comes in the first message, so this costs no call.

use super::Sockets;
use super::handshake::{Attempt, is_allowed_origin};
use crate::server::allowance::Allowance;
use crate::server::connection_slots::ConnectionSlot;
use crate::server::stream::GivenUp;
use axum::Extension;
use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::extract::{FromRequestParts, Request};
use axum::http::header::{CONNECTION, HeaderValue, SEC_WEBSOCKET_VERSION, UPGRADE};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use evens_contracts::{LIVE_MESSAGE_BYTES_MAX, Problem, ProblemKind};
use evens_http::{ClientAddress, Refusal, UpgradeAnswer};
use evens_hub::Transport;
use evens_live::hello_within;
use evens_metrics::SocketRefusal;
use std::future::ready;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;

/// The buffer for reading that each socket has. Larger messages are read in parts.
const READ_BUFFER_BYTES: usize = 1_024;

/// A message that is somewhat too large is read to its end: closing over unread bytes would take the last frame from
/// the client. Larger ones end the connection without a close code.
const READ_BYTES_MAX: usize = 2 * LIVE_MESSAGE_BYTES_MAX;

/// A message takes at most so many bytes on the wire, with the heads of all its fragments.
const WIRE_BYTES_MAX: u64 = READ_BYTES_MAX as u64 + READ_BUFFER_BYTES as u64;

/// As much may wait inside the socket for a client that does not read.
const WRITE_BUFFER_BYTES_MAX: usize = 64 * 1_024;

/// After that time a client may find a free socket.
const RETRY_AFTER: Duration = Duration::from_secs(5);

/// The place of a socket, which is free again on drop.
type Place = (OwnedSemaphorePermit, ConnectionSlot);

/// A connection as its server lets the hub control it.
struct Controls {
    allowance: Allowance,
    given_up: GivenUp,
}

impl Transport for Controls {
    fn take_message(&self) {
        self.allowance.set(WIRE_BYTES_MAX);
    }

    fn give_up(&self) {
        self.given_up.set();
    }
}

/// Refuses, in this order: `404` a request without an upgrade to a WebSocket, `429` an address that tries too often,
/// `426` another version of the protocol, `403` a page of another origin, `429` an address with too many sockets, and
/// `503` when all sockets are taken.
pub(super) async fn upgrade(Extension(sockets): Extension<Arc<Sockets>>, request: Request) -> Response {
    let (mut parts, _) = request.into_parts();
    let attempt = Attempt::of(&parts.headers);
    if attempt == Attempt::None {
        return no_upgrade().into_response();
    }
    let opened = match admit(&sockets, &parts, attempt) {
        Ok(place) => open(sockets, &mut parts, place).await,
        Err(refusal) => Err(refusal),
    };
    let mut response = opened.unwrap_or_else(IntoResponse::into_response);
    if response.status() == ProblemKind::UpgradeRequired.status() {
        let headers = response.headers_mut();
        headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
        headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
        headers.insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static(Attempt::VERSION));
    }
    response.extensions_mut().insert(UpgradeAnswer);
    response
}

fn no_upgrade() -> Refusal {
    let detail = "This path is a WebSocket. Connect with one, or poll GET /api/live.";
    Problem::new(ProblemKind::NotFound, detail).into()
}

/// Checks whether the client may open another socket, and takes its place.
fn admit(sockets: &Sockets, parts: &Parts, attempt: Attempt) -> Result<Place, Refusal> {
    let Sockets { hub, context, .. } = sockets;
    let address = ClientAddress::of(&parts.extensions, &parts.headers, &context.settings.trusted_proxies);
    sockets.attempts.take(context, &parts.extensions, address).inspect_err(|_| {
        hub.refuse(SocketRefusal::Budget);
    })?;
    if attempt == Attempt::OtherVersion {
        hub.refuse(SocketRefusal::Version);
        let detail = format!("Connect with version {} of the WebSocket protocol.", Attempt::VERSION);
        return Err(Problem::new(ProblemKind::UpgradeRequired, detail).into());
    }
    if !is_allowed_origin(&parts.headers, &sockets.origins) {
        hub.refuse(SocketRefusal::Origin);
        let detail =
            "Pages of this origin may not connect. The operator can allow it with EVENS_CORS_ORIGINS.";
        return Err(Problem::new(ProblemKind::Forbidden, detail).into());
    }
    let Some(slot) = sockets.slots.of_socket(&parts.extensions, &parts.headers) else {
        hub.refuse(SocketRefusal::Address);
        let detail = "This address has too many sockets open. Close one, or try again later.";
        return Err(Problem::new(ProblemKind::TooManyRequests, detail).retry_after(RETRY_AFTER).into());
    };
    let Ok(permit) = sockets.free.clone().try_acquire_owned() else {
        hub.refuse(SocketRefusal::Full);
        let detail = "All sockets of this server are taken. Poll GET /api/live, or try again later.";
        return Err(Problem::new(ProblemKind::Unavailable, detail).retry_after(RETRY_AFTER).into());
    };
    Ok((permit, slot))
}

/// Answers the upgrade and serves the socket in a task of its own.
async fn open(sockets: Arc<Sockets>, parts: &mut Parts, place: Place) -> Result<Response, Refusal> {
    // The library reads only the first line of these, and expects nothing else in it.
    parts.headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
    parts.headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    let wanted = WebSocketUpgrade::from_request_parts(parts, &()).await.map_err(|_| no_upgrade())?;
    let wanted = wanted
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(0)
        .max_write_buffer_size(WRITE_BUFFER_BYTES_MAX)
        .max_frame_size(READ_BYTES_MAX)
        .max_message_size(READ_BYTES_MAX);
    let controls = Controls {
        allowance: parts.extensions.get().cloned().unwrap_or_else(Allowance::unlimited),
        given_up: parts.extensions.get().cloned().unwrap_or_default(),
    };
    let silence = hello_within(sockets.free.available_permits(), sockets.count_max);
    // The library's task holds several copies of the connection for as long as it runs, so another task serves it.
    Ok(wanted.on_upgrade(move |wire: WebSocket| {
        let wire = Box::new(wire);
        tokio::spawn(async move {
            sockets.hub.serve(&sockets.context, wire, controls, silence).await;
            drop(place);
        });
        ready(())
    }))
}
