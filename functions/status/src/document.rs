//! `GET /openapi.json`: the OpenAPI document, written and compressed once.

use axum::body::Bytes;
use axum::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use evens_contracts::openapi;
use evens_http::{Visitor, accepts_gzip};
use evens_ledger::Digest;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;
use std::sync::LazyLock;

static DOCUMENT: LazyLock<Document> = LazyLock::new(Document::build);

struct Document {
    json: Bytes,
    gzip: Option<Bytes>,
    /// The digest of the JSON text. Weak, because both encodings have it.
    tag: String,
}

impl Document {
    fn build() -> Self {
        let json = openapi().to_string();
        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        let gzip = gzip.write_all(json.as_bytes()).and_then(|()| gzip.finish());
        let tag = format!("W/\"{}\"", Digest::of(json.as_bytes()));
        Self { json: json.into(), gzip: gzip.ok().map(Bytes::from), tag }
    }
}

/// The document, or 304 if the client has it.
pub(crate) async fn document(_: Visitor, headers: HeaderMap) -> Response {
    let Document { json, gzip, tag } = &*DOCUMENT;
    let caching = [
        (ETAG, HeaderValue::from_str(tag).ok()),
        (CACHE_CONTROL, Some(HeaderValue::from_static("public, max-age=60"))),
        (VARY, Some(HeaderValue::from_static("accept-encoding"))),
    ];
    let compressed = gzip.as_ref().filter(|_| accepts_gzip(&headers));
    let mut response = if has_document(&headers, tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let json_type = [(CONTENT_TYPE, HeaderValue::from_static("application/json"))];
        match compressed {
            Some(gzip) => {
                let encoding = [(CONTENT_ENCODING, HeaderValue::from_static("gzip"))];
                (json_type, encoding, gzip.clone()).into_response()
            }
            None => (json_type, json.clone()).into_response(),
        }
    };
    response.headers_mut().extend(caching.into_iter().filter_map(|(name, value)| Some((name, value?))));
    response
}

fn has_document(headers: &HeaderMap, tag: &str) -> bool {
    let lines = headers.get_all(IF_NONE_MATCH).into_iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(str::trim).any(|known| known == "*" || known == tag)
}
