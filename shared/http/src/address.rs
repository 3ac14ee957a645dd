//! [`ClientAddress`]: a client's address, from trusted sources only.

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap};
use evens_runtime::Context;
use ipnet::IpNet;
use lambda_http::request::RequestContext;
use ring::digest::{SHA256, digest};
use std::convert::Infallible;
use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// The address of a client, if known. On Lambda the API Gateway reports it. Elsewhere it is the peer's address, or the
/// one that a trusted proxy at the other end forwards. Headers that a client can forge are never trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress(pub Option<IpAddr>);

impl ClientAddress {
    /// The client of a request with these extensions and headers, behind these trusted proxies.
    pub fn of(extensions: &Extensions, headers: &HeaderMap, trusted: &[IpNet]) -> Self {
        if let Some(RequestContext::ApiGatewayV2(context)) = extensions.get::<RequestContext>() {
            return Self(context.http.source_ip.as_deref().and_then(|address| address.parse().ok()));
        }
        let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical());
        Self(peer.map(|peer| forwarded(peer, headers, trusted)))
    }

    /// The key under which requests are counted: an IPv4 address, or the IPv6 network of one customer.
    pub fn subject(self) -> String {
        match self.0 {
            Some(IpAddr::V6(address)) => {
                let [a, b, c, d, ..] = address.segments();
                format!("{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
            }
            Some(IpAddr::V4(address)) => address.to_string(),
            None => "unknown".to_owned(),
        }
    }

    /// For logs: equal for requests of one client, and shared by so many addresses that it identifies none. Six
    /// hexadecimal digits of SHA-256 stand for 256 addresses of IPv4 each.
    pub(crate) fn digest(self) -> String {
        hex::encode(&digest(&SHA256, self.subject().as_bytes()).as_ref()[..3])
    }
}

/// Each proxy appends its peer's address, so the client is the last address that does not belong to a trusted proxy.
fn forwarded(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut client = peer;
    let values: Vec<_> = headers.get_all("x-forwarded-for").iter().collect();
    // An unreadable line is a hop with an unknown address. Everything before it may be forged.
    let hops = values.iter().rev().flat_map(|value| value.to_str().unwrap_or_default().rsplit(','));
    for hop in hops {
        if !is_trusted(&client) {
            return client;
        }
        match parse_hop(hop.trim()) {
            Some(address) => client = address.to_canonical(),
            None => return client,
        }
    }
    client
}

/// Parses an address; some proxies append a port.
fn parse_hop(hop: &str) -> Option<IpAddr> {
    let with_port = || hop.parse::<SocketAddr>().ok().map(|address| address.ip());
    hop.parse().ok().or_else(with_port)
}

impl fmt::Display for ClientAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(address) => address.fmt(formatter),
            None => formatter.write_str("unknown"),
        }
    }
}

impl FromRequestParts<Context> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, context: &Context) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.extensions, &parts.headers, &context.settings.trusted_proxies))
    }
}

#[cfg(test)]
mod tests {
    use super::{ClientAddress, forwarded};
    use axum::http::{HeaderMap, HeaderValue};

    #[test]
    fn only_trusted_proxies_are_believed() {
        let trusted = ["10.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()];
        let cases: [(&str, &[&[u8]], &str); 13] = [
            ("203.0.113.7", &[], "203.0.113.7"),
            ("203.0.113.7", &[b"198.51.100.1"], "203.0.113.7"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("10.0.0.1", &[b"198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1", &[b"198.51.100.1:4711"], "198.51.100.1"),
            ("10.0.0.1", &[b"1.2.3.4, 198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1", &[b"1.2.3.4, 198.51.100.1, 10.0.0.2"], "198.51.100.1"),
            ("10.0.0.1", &[b"1.2.3.4", b"198.51.100.1"], "198.51.100.1"),
            ("::1", &[b"2001:db8::1"], "2001:db8::1"),
            ("::1", &[b"[2001:db8::1]:4711"], "2001:db8::1"),
            ("10.0.0.1", &[b"not an address, "], "10.0.0.1"),
            // An unreadable byte invalidates its line. It must not promote the previous line.
            ("10.0.0.1", &[b"\xe9, 198.51.100.1"], "10.0.0.1"),
            ("10.0.0.1", &[b"1.2.3.4", b"\xe9, 198.51.100.1"], "10.0.0.1"),
        ];
        for (peer, values, expected) in cases {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append("x-forwarded-for", HeaderValue::from_bytes(value).unwrap());
            }
            let found = forwarded(peer.parse().unwrap(), &headers, &trusted);
            assert_eq!(found.to_string(), expected, "{peer} {values:?}");
        }
    }

    #[test]
    fn one_customer_of_ipv6_is_one_subject() {
        let subject = |text: &str| ClientAddress(Some(text.parse().unwrap())).subject();
        assert_eq!(subject("192.0.2.1"), "192.0.2.1");
        assert_eq!(subject("2001:db8:1:2:3::4"), "2001:db8:1:2::/64");
        assert_eq!(ClientAddress(None).subject(), "unknown");
    }

    #[test]
    fn a_log_has_a_short_digest_of_an_address() {
        let digest = |text: &str| ClientAddress(Some(text.parse().unwrap())).digest();
        // printf 192.0.2.1 | sha256sum
        assert_eq!(digest("192.0.2.1"), "37fcff");
        assert_eq!(digest("2001:db8:1:2:3::4"), digest("2001:db8:1:2::1"));
        assert_ne!(digest("192.0.2.1"), digest("192.0.2.2"));
    }
}
