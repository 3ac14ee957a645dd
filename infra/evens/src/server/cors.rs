//! `EVENS_CORS_ORIGINS`: the origins whose pages may call the API from a browser. On AWS the gateway answers CORS
//! requests. A test compares the allowed headers.

use axum::http::{HeaderName, HeaderValue, Method, Uri};
use evens_runtime::{StartError, variable};
use std::time::Duration;
use tower_http::cors::CorsLayer;

const VARIABLE: &str = "EVENS_CORS_ORIGINS";

const METHODS: [Method; 3] = [Method::GET, Method::PATCH, Method::POST];

/// Request headers that a page may send.
const ALLOWED: [&str; 4] = ["authorization", "content-type", "idempotency-key", "traceparent"];

/// Response headers that a page may read.
const EXPOSED: [&str; 6] =
    ["idempotency-replayed", "ratelimit", "ratelimit-policy", "retry-after", "x-request-id", "traceparent"];

/// How long a browser may cache a preflight answer.
const MAX_AGE: Duration = Duration::from_mins(10);

/// The origins that are configured.
///
/// # Errors
/// A configured origin is invalid.
pub(crate) fn origins_from_env() -> Result<Vec<HeaderValue>, StartError> {
    parse_origins(&variable(VARIABLE).unwrap_or_default())
}

fn parse_origins(origins: &str) -> Result<Vec<HeaderValue>, StartError> {
    let origins = origins.split(',').map(str::trim).filter(|origin| !origin.is_empty());
    origins.map(parse_origin).collect()
}

/// The layer that answers CORS requests, or `None` if no origin is configured.
pub(crate) fn layer(origins: Vec<HeaderValue>) -> Option<CorsLayer> {
    if origins.is_empty() {
        return None;
    }
    let layer = CorsLayer::new()
        .allow_origin(origins)
        .allow_methods(METHODS)
        .allow_headers(ALLOWED.map(HeaderName::from_static))
        .expose_headers(EXPOSED.map(HeaderName::from_static))
        .max_age(MAX_AGE);
    Some(layer)
}

/// Parses an origin as a browser sends it: scheme, host and port, without a path.
fn parse_origin(text: &str) -> Result<HeaderValue, StartError> {
    let uri = text.parse::<Uri>().ok();
    let parts = uri.as_ref().and_then(|uri| Some((uri.scheme_str()?, uri.authority()?)));
    let is_origin = parts.is_some_and(|(scheme, authority)| {
        let is_whole = text == format!("{scheme}://{authority}") && !text.contains('*');
        matches!(scheme, "https" | "http") && is_whole
    });
    let value = HeaderValue::from_str(text).ok().filter(|_| is_origin);
    value.ok_or_else(|| {
        let message = format!("{VARIABLE} contains {text:?}, which is not an origin");
        StartError::new(message, "separate origins with commas, such as https://app.example.com")
    })
}

#[cfg(test)]
mod tests {
    use super::parse_origins;

    #[test]
    fn an_origin_is_what_a_browser_says() {
        #[rustfmt::skip]
        let table = [
            ("",                                                  Some(false)),
            (" , ",                                               Some(false)),
            ("https://app.example.com",                           Some(true)),
            ("https://app.example.com, http://localhost:5173",    Some(true)),
            ("*",                                                 None),
            ("app.example.com",                                   None),
            ("https://app.example.com/",                          None),
            ("https://app.example.com/page",                      None),
            ("ftp://app.example.com",                             None),
            ("https://app.example.com;https://b.example.com",     None),
            ("https://*.example.com",                             None),
        ];
        for (text, expected) in table {
            let found = parse_origins(text).ok().map(|origins| !origins.is_empty());
            assert_eq!(found, expected, "{text:?}");
        }
    }
}
