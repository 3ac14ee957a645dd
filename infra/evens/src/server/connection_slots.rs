//! [`ConnectionSlots`]: limits how many of a server's connections one client address may hold, so that other clients
//! get some.
//!
//! A connection from a client is counted when it is accepted, for as long as it lasts. A client named by a trusted
//! proxy is counted by request, because one connection of a proxy serves many clients. Connections of proxies and of
//! this machine are not counted: behind a proxy that is not configured as trusted, all clients would share one limit.

use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{Extensions, HeaderMap};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use evens_contracts::{Problem, ProblemKind};
use evens_http::{ClientAddress, Refusal};
use ipnet::IpNet;
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The places in use, by address. Cheap to clone, and clones count together.
#[derive(Debug, Clone)]
pub(crate) struct ConnectionSlots {
    by_address: Arc<Mutex<HashMap<String, usize>>>,
    share: usize,
    proxies: Arc<[IpNet]>,
}

/// A place in use, released on drop.
#[derive(Debug)]
pub(crate) struct ConnectionSlot {
    /// `None` if the client is not counted.
    counted: Option<(ConnectionSlots, String)>,
}

/// Marks a request whose client is already at its limit.
#[derive(Debug, Clone, Copy)]
struct BeyondShare;

impl ConnectionSlots {
    /// Places of a server behind these proxies. One address may hold up to `share`.
    pub(crate) fn new(share: usize, proxies: &[IpNet]) -> Self {
        Self { by_address: Arc::default(), share, proxies: proxies.into() }
    }

    /// The place of a connection to `local`, or `None` if its address is at its limit.
    pub(crate) fn of_connection(
        &self,
        peer: SocketAddr,
        local: Option<SocketAddr>,
    ) -> Option<ConnectionSlot> {
        let address = peer.ip().to_canonical();
        let is_this_machine = local.is_some_and(|local| local.ip().to_canonical() == address);
        if is_this_machine || self.is_proxy(address) {
            return Some(ConnectionSlot { counted: None });
        }
        self.take(ClientAddress(Some(address)))
    }

    /// The place of a request, or `None` if the client that a proxy names is at its limit.
    fn of_request(&self, request: &Request) -> Option<ConnectionSlot> {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map(|info| info.0.ip().to_canonical());
        let client = ClientAddress::of(request.extensions(), request.headers(), &self.proxies);
        let is_named = client.0.is_some_and(|address| Some(address) != peer && !self.is_proxy(address));
        if is_named { self.take(client) } else { Some(ConnectionSlot { counted: None }) }
    }

    /// The place of a socket, which outlives the connection's place; none where its client holds its share already.
    pub(crate) fn of_socket(&self, extensions: &Extensions, headers: &HeaderMap) -> Option<ConnectionSlot> {
        let client = ClientAddress::of(extensions, headers, &self.proxies);
        let is_counted = client.0.is_some_and(|address| !address.is_loopback() && !self.is_proxy(address));
        if is_counted { self.take(client) } else { Some(ConnectionSlot { counted: None }) }
    }

    fn is_proxy(&self, address: IpAddr) -> bool {
        self.proxies.iter().any(|network| network.contains(&address))
    }

    fn take(&self, client: ClientAddress) -> Option<ConnectionSlot> {
        let subject = client.subject();
        // A panic cannot leave the counts inconsistent.
        let mut by_address = self.by_address.lock().unwrap_or_else(PoisonError::into_inner);
        let count = by_address.entry(subject.clone()).or_default();
        if *count >= self.share {
            return None;
        }
        *count += 1;
        Some(ConnectionSlot { counted: Some((self.clone(), subject)) })
    }

    fn give_back(&self, subject: &str) {
        let mut by_address = self.by_address.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = by_address.get_mut(subject) {
            *count -= 1;
            if *count == 0 {
                by_address.remove(subject);
            }
        }
    }
}

impl Drop for ConnectionSlot {
    fn drop(&mut self) {
        if let Some((slots, subject)) = &self.counted {
            slots.give_back(subject);
        }
    }
}

/// Takes a place for a request before any other work, and holds it until the request is answered. If its client is at
/// the limit, the request is marked, and its body is dropped unread.
pub(crate) async fn hold(State(slots): State<ConnectionSlots>, mut request: Request, next: Next) -> Response {
    let slot = slots.of_request(&request);
    if slot.is_none() {
        request = request.map(|_unread| Body::empty());
        request.extensions_mut().insert(BeyondShare);
    }
    next.run(request).await
}

/// Refuses a marked request with `429`.
pub(crate) async fn refuse_beyond_share(request: Request, next: Next) -> Response {
    if request.extensions().get::<BeyondShare>().is_none() {
        return next.run(request).await;
    }
    let detail = "Too many requests at once from this address. Try again when some of them are answered.";
    let problem = Problem::new(ProblemKind::TooManyRequests, detail).retry_after(Duration::from_secs(1));
    Refusal(problem).into_response()
}

#[cfg(test)]
mod tests {
    use super::ConnectionSlots;
    use axum::body::Body;
    use axum::extract::{ConnectInfo, Request};
    use std::net::SocketAddr;

    fn behind_proxy(share: usize) -> ConnectionSlots {
        ConnectionSlots::new(share, &["127.0.0.1/32".parse().unwrap(), "10.0.0.0/8".parse().unwrap()])
    }

    fn address(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    fn request(peer: &str, forwarded: Option<&str>) -> Request {
        let mut request = Request::new(Body::empty());
        request.extensions_mut().insert(ConnectInfo(address(peer)));
        if let Some(forwarded) = forwarded {
            request.headers_mut().insert("x-forwarded-for", forwarded.parse().unwrap());
        }
        request
    }

    #[test]
    fn an_address_holds_its_share_of_connections_and_no_more() {
        let slots = behind_proxy(2);
        let local = Some(address("192.0.2.80:443"));
        let connect = |peer: &str| slots.of_connection(address(peer), local);
        let first = connect("198.51.100.1:1").unwrap();
        let _second = connect("[::ffff:198.51.100.1]:2").unwrap();
        assert!(connect("198.51.100.1:3").is_none());
        let _other = connect("198.51.100.2:1").unwrap();
        drop(first);
        let _again = connect("198.51.100.1:3").unwrap();
        assert!(connect("198.51.100.1:4").is_none());
    }

    #[test]
    fn one_customer_of_ipv6_has_one_share() {
        let slots = behind_proxy(2);
        let local = Some(address("[2001:db8:ff::1]:443"));
        let connect = |peer: &str| slots.of_connection(address(peer), local);
        let _held = (connect("[2001:db8:0:1::1]:1").unwrap(), connect("[2001:db8:0:1:f::2]:1").unwrap());
        assert!(connect("[2001:db8:0:1::3]:1").is_none());
        assert!(connect("[2001:db8:0:2::1]:1").is_some());
    }

    #[test]
    fn neither_proxies_nor_this_machine_are_counted_at_the_door() {
        let slots = behind_proxy(1);
        let rows = [
            ("127.0.0.1:1", "127.0.0.1:8080"),
            ("10.1.2.3:1", "10.0.0.1:80"),
            ("192.0.2.1:1", "192.0.2.1:80"),
        ];
        for (peer, local) in rows {
            let connect = || slots.of_connection(address(peer), Some(address(local)));
            assert!([connect(), connect(), connect()].iter().all(Option::is_some), "{peer}");
        }
        // Another address of the same machine may belong to any client: a container has its own address.
        let connect = || slots.of_connection(address("127.0.0.2:1"), Some(address("127.0.0.1:80")));
        assert!([connect(), connect()].iter().any(Option::is_none));
    }

    #[test]
    fn requests_are_counted_by_whom_a_trusted_proxy_names() {
        let rows = [
            ("127.0.0.1:1", Some("198.51.100.1"), true),
            ("10.0.0.7:1", Some("198.51.100.1, 10.0.0.8"), true),
            ("127.0.0.1:1", None, false),
            ("127.0.0.1:1", Some("127.0.0.1"), false),
            // Counted when accepted, and its header is not trusted.
            ("198.51.100.9:1", Some("198.51.100.1"), false),
        ];
        for (peer, forwarded, is_counted) in rows {
            let slots = behind_proxy(1);
            let request = request(peer, forwarded);
            let (first, second) = (slots.of_request(&request), slots.of_request(&request));
            assert_eq!((first.is_some(), second.is_none()), (true, is_counted), "{peer} {forwarded:?}");
            drop(first);
            assert!(slots.of_request(&request).is_some(), "{peer} {forwarded:?}");
            drop(second);
            assert!(slots.by_address.lock().unwrap().is_empty(), "{peer} {forwarded:?}");
        }
    }
}
