//! [`compression`]: compresses answers of a kilobyte and more for clients that accept it (G11).
//!
//! Invariant: only answers to GET are compressed. Answers to POST contain tokens. If an attacker can choose a part of
//! such an answer, its compressed size reveals the rest (BREACH).

use axum::body::HttpBody;
use axum::http::Response;
use axum::http::header::{ACCEPT_ENCODING, HeaderMap};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{And, Predicate, SizeAbove};

/// Minimum size of a compressed answer in bytes. Smaller ones gain nothing noticeable.
const COMPRESSED_FROM: u16 = 1_024;

/// Marks the answer to a read-only request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AnswerToRead;

/// Selects answers marked with [`AnswerToRead`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct OnlyReads;

/// The layer. It uses gzip, which every client that accepts compression supports.
pub(crate) fn compression() -> CompressionLayer<And<SizeAbove, OnlyReads>> {
    CompressionLayer::new()
        .quality(CompressionLevel::Fastest)
        .compress_when(SizeAbove::new(COMPRESSED_FROM).and(OnlyReads))
}

/// Returns `true` if the client names gzip with a weight above zero, as the layer reads it. An answer that is stored in
/// both forms must be sent compressed then: the layer would compress the other form on each such request.
pub fn accepts_gzip(headers: &HeaderMap) -> bool {
    let values = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let is_gzip = |name: &str| ["gzip", "x-gzip"].iter().any(|gzip| name.eq_ignore_ascii_case(gzip));
        let is_refused = |part: &str| {
            let weight = part.strip_prefix("q=").or_else(|| part.strip_prefix("Q="));
            weight.is_some_and(|weight| weight.chars().all(|digit| matches!(digit, '0' | '.')))
        };
        parts.next().is_some_and(is_gzip) && !parts.any(is_refused)
    })
}

impl Predicate for OnlyReads {
    fn should_compress<B: HttpBody>(&self, response: &Response<B>) -> bool {
        response.extensions().get::<AnswerToRead>().is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::accepts_gzip;
    use axum::http::header::{ACCEPT_ENCODING, HeaderMap, HeaderValue};

    #[test]
    fn gzip_is_sent_to_clients_that_name_it() {
        #[rustfmt::skip]
        let table = [
            ("gzip, deflate, br, zstd", true),
            ("deflate, GZIP;q=0.5",     true),
            ("gzip;q=0",                false),
            ("gzip; q=0.000",           false),
            ("gzip;q=0.001",            true),
            ("x-gzip",                  true),
            ("br, X-Gzip;Q=0.5",        true),
            ("x-gzip;q=0",              false),
            ("identity",                false),
            ("*",                       false),
            ("",                        false),
        ];
        for (value, expected) in table {
            let headers = HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_str(value).unwrap())]);
            assert_eq!(accepts_gzip(&headers), expected, "{value}");
        }
    }
}
