//! The headers of an upgrade to a WebSocket, as RFC 6455 and RFC 9110 define them.

use axum::http::header::{CONNECTION, HOST, HeaderName, HeaderValue, ORIGIN, SEC_WEBSOCKET_VERSION, UPGRADE};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Uri};
use evens_http::only_line;

/// A request's attempt to open a WebSocket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Attempt {
    /// It asks for no WebSocket.
    None,
    /// It asks for another version of the protocol than [`Attempt::VERSION`].
    OtherVersion,
    /// It asks for a WebSocket.
    Wanted,
}

impl Attempt {
    /// The only version of the protocol.
    pub(super) const VERSION: &'static str = "13";

    pub(super) fn of(headers: &HeaderMap) -> Self {
        if !has_item(headers, &CONNECTION, "upgrade") || !has_item(headers, &UPGRADE, "websocket") {
            return Self::None;
        }
        match only_line(headers, &SEC_WEBSOCKET_VERSION) {
            Some(version) if version == Self::VERSION => Self::Wanted,
            _ => Self::OtherVersion,
        }
    }
}

/// Returns `true` if a list, in one line or in several, has this item.
fn has_item(headers: &HeaderMap, name: &HeaderName, item: &str) -> bool {
    let lines = headers.get_all(name).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|found| found.trim().eq_ignore_ascii_case(item))
}

/// Returns `true` if the page may open sockets. Browsers say which page connects; other clients say nothing.
pub(super) fn is_allowed_origin(headers: &HeaderMap, others: &[HeaderValue]) -> bool {
    if !headers.contains_key(ORIGIN) {
        return true;
    }
    // No browser sends two lines, so it would be unclear which page this is.
    only_line(headers, &ORIGIN)
        .is_some_and(|origin| others.contains(origin) || is_of_host(origin, headers).unwrap_or(false))
}

/// Returns whether the page is of the host that the client has opened. The port of a host may be left out if it is the
/// scheme's. `None`: one of them cannot be read.
fn is_of_host(origin: &HeaderValue, headers: &HeaderMap) -> Option<bool> {
    let page: Uri = origin.to_str().ok()?.parse().ok()?;
    let default_port = match page.scheme_str()? {
        "https" => 443,
        "http" => 80,
        _ => return None,
    };
    let host: Authority = only_line(headers, &HOST)?.to_str().ok()?.parse().ok()?;
    let page = page.authority()?;
    let port = |of: &Authority| of.port_u16().unwrap_or(default_port);
    Some(page.host().eq_ignore_ascii_case(host.host()) && port(page) == port(&host))
}

#[cfg(test)]
mod tests {
    use super::{Attempt, is_allowed_origin};
    use axum::http::{HeaderMap, HeaderName, HeaderValue};

    fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn pages_of_this_host_and_of_named_origins_connect() {
        let others = [HeaderValue::from_static("https://app.example.com")];
        #[rustfmt::skip]
        let table: [(&str, &[&str], bool); 22] = [
            // host                 origins                                              may connect
            ("localhost:8080",      &[],                                                 true),
            ("localhost:8080",      &["http://localhost:8080"],                          true),
            ("localhost:8080",      &["https://app.example.com"],                        true),
            ("localhost:8080",      &["http://localhost:8081"],                          false),
            ("localhost:8080",      &["http://localhost"],                               false),
            ("localhost:8080",      &["https://evil.example.com"],                       false),
            ("localhost:8080",      &["null"],                                           false),
            ("localhost:8080",      &[""],                                               false),
            // Which page is it?
            ("localhost:8080",      &["http://localhost:8080", "https://evil.example"],  false),
            ("localhost:8080",      &["https://evil.example", "http://localhost:8080"],  false),
            ("localhost:8080",      &["http://localhost:8080", "http://localhost:8080"], false),
            // The port of the scheme may be left out at either side.
            ("evens.test",          &["https://evens.test"],                             true),
            ("evens.test:443",      &["https://evens.test"],                             true),
            ("evens.test",          &["https://evens.test:443"],                         true),
            ("evens.test:80",       &["http://evens.test"],                              true),
            ("evens.test:80",       &["https://evens.test"],                             false),
            ("evens.test:443",      &["http://evens.test"],                              false),
            ("Evens.Test",          &["https://evens.test"],                             true),
            ("evens.test.evil",     &["https://evens.test"],                             false),
            ("[::1]:80",            &["http://[::1]"],                                   true),
            ("evens.test",          &["ftp://evens.test"],                               false),
            ("",                    &["https://evens.test"],                             false),
        ];
        for (host, origins, expected) in table {
            let lines: Vec<_> =
                [("host", host)].into_iter().chain(origins.iter().map(|one| ("origin", *one))).collect();
            assert_eq!(is_allowed_origin(&headers(&lines), &others), expected, "{host} {origins:?}");
        }
    }

    #[test]
    fn a_handshake_is_a_list_of_items_in_any_number_of_lines() {
        let (connection, upgrade, version) = ("connection", "upgrade", "sec-websocket-version");
        #[rustfmt::skip]
        let table: [(&[(&str, &str)], Attempt); 10] = [
            (&[(connection, "Upgrade"), (upgrade, "websocket"), (version, "13")],                 Attempt::Wanted),
            (&[(connection, "keep-alive, Upgrade"), (upgrade, "WebSocket"), (version, "13")],     Attempt::Wanted),
            (&[(connection, "keep-alive"), (connection, "Upgrade"), (upgrade, "websocket"), (version, "13")], Attempt::Wanted),
            (&[(connection, "Upgrade"), (upgrade, "foo, websocket"), (version, "13")],            Attempt::Wanted),
            (&[(connection, "Upgrade"), (upgrade, "foo"), (upgrade, "websocket"), (version, "13")], Attempt::Wanted),
            (&[(connection, "Upgrade"), (upgrade, "websocket"), (version, "8")],                  Attempt::OtherVersion),
            (&[(connection, "Upgrade"), (upgrade, "websocket"), (version, "8"), (version, "13")], Attempt::OtherVersion),
            (&[(connection, "Upgrade"), (upgrade, "websocket")],                                  Attempt::OtherVersion),
            (&[(connection, "no-upgrade"), (upgrade, "websocket"), (version, "13")],              Attempt::None),
            (&[(connection, "Upgrade"), (upgrade, "h2c"), (version, "13")],                       Attempt::None),
        ];
        for (lines, expected) in table {
            assert_eq!(Attempt::of(&headers(lines)), expected, "{lines:?}");
        }
    }
}
