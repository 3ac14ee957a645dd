//! `GET /live`: upgrades a connection to a WebSocket. The token comes in the first message, so this costs no call.

use super::Sockets;
use crate::allowance::Allowance;
use axum::Extension;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::http::header::{HOST, ORIGIN};
use axum::http::uri::Authority;
use axum::http::{Extensions, HeaderMap, HeaderValue, Uri};
use axum::response::Response;
use evens_contracts::{LIVE_MESSAGE_BYTES_MAX, Problem, ProblemKind};
use evens_http::Refusal;
use evens_metrics::SocketRefusal;
use std::future::ready;
use std::sync::Arc;
use std::time::Duration;

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

/// Refuses, in this order: `404` a request without an upgrade, `403` a page of another origin, `429` an address with
/// too many sockets, and `503` when all sockets are taken.
pub(super) async fn upgrade(
    Extension(sockets): Extension<Arc<Sockets>>,
    extensions: Extensions,
    headers: HeaderMap,
    wanted: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Refusal> {
    let no_upgrade = || {
        let detail = "This path is a WebSocket. Connect with one, or poll GET /api/live.";
        Problem::new(ProblemKind::NotFound, detail)
    };
    let wanted = wanted.map_err(|_| no_upgrade())?;
    if !is_allowed_origin(&headers, &sockets.origins) {
        sockets.hub.refuse(SocketRefusal::Origin);
        let detail =
            "Pages of this origin may not connect. The operator can allow it with EVENS_CORS_ORIGINS.";
        return Err(Problem::new(ProblemKind::Forbidden, detail).into());
    }
    let Some(place) = sockets.places.of_socket(&extensions, &headers) else {
        sockets.hub.refuse(SocketRefusal::Address);
        let detail = "This address has too many sockets open. Close one, or try again later.";
        return Err(Problem::new(ProblemKind::TooManyRequests, detail).retry_after(RETRY_AFTER).into());
    };
    let Ok(permit) = sockets.free.clone().try_acquire_owned() else {
        sockets.hub.refuse(SocketRefusal::Full);
        let detail = "All sockets of this server are taken. Poll GET /api/live, or try again later.";
        return Err(Problem::new(ProblemKind::Unavailable, detail).retry_after(RETRY_AFTER).into());
    };
    let wanted = wanted
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(0)
        .max_write_buffer_size(WRITE_BUFFER_BYTES_MAX)
        .max_frame_size(READ_BYTES_MAX)
        .max_message_size(READ_BYTES_MAX);
    let allowance = extensions.get::<Allowance>().cloned().unwrap_or_else(Allowance::unlimited);
    // The library's task holds several copies of the connection for as long as it runs, so another task serves it.
    Ok(wanted.on_upgrade(|wire| {
        let wire = Box::new(wire);
        tokio::spawn(async move {
            sockets.hub.serve(&sockets.context, wire, || allowance.set(WIRE_BYTES_MAX)).await;
            drop((permit, place));
        });
        ready(())
    }))
}

/// Browsers say which page connects; other clients say nothing.
fn is_allowed_origin(headers: &HeaderMap, others: &[HeaderValue]) -> bool {
    let Some(origin) = headers.get(ORIGIN) else { return true };
    let page = origin.to_str().ok().and_then(|origin| origin.parse::<Uri>().ok());
    let page = page.as_ref().and_then(|page| page.authority()).map(Authority::as_str);
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    (page.is_some() && page == host) || others.contains(origin)
}

#[cfg(test)]
mod tests {
    use super::is_allowed_origin;
    use axum::http::header::{HOST, ORIGIN};
    use axum::http::{HeaderMap, HeaderValue};

    #[test]
    fn pages_of_this_host_and_of_named_origins_connect() {
        let others = [HeaderValue::from_static("https://app.example.com")];
        let rows = [
            (None, true),
            (Some("http://localhost:8080"), true),
            (Some("https://app.example.com"), true),
            (Some("http://localhost:8081"), false),
            (Some("https://evil.example.com"), false),
            (Some("null"), false),
            (Some(""), false),
        ];
        for (origin, expected) in rows {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, HeaderValue::from_static("localhost:8080"));
            if let Some(origin) = origin {
                headers.insert(ORIGIN, HeaderValue::from_static(origin));
            }
            assert_eq!(is_allowed_origin(&headers, &others), expected, "{origin:?}");
        }
    }
}
