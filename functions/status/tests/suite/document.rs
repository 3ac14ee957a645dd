//! `GET /openapi.json`: one text for all requests, which clients need not load twice.

use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use evens_contracts::openapi;
use evens_doubles::FakeSqs;
use flate2::read::GzDecoder;
use serde_json::Value;
use std::io::Read;
use tower::ServiceExt;

/// The answer to a request with these headers.
async fn answer(headers: &[(header::HeaderName, &str)]) -> (StatusCode, HeaderMap, Bytes) {
    let context = evens_doubles::context(FakeSqs::willing().queues(), &evens_doubles::signer());
    let router = evens_http::serve_layers(evens_status::router(), context);
    let mut request = Request::get("/openapi.json").body(Body::empty()).unwrap();
    for (name, value) in headers {
        request.headers_mut().append(name, value.parse().unwrap());
    }
    let response = router.oneshot(request).await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    (status, headers, to_bytes(response.into_body(), usize::MAX).await.unwrap())
}

#[tokio::test]
async fn the_document_is_the_same_in_both_encodings() {
    let (status, headers, text) = answer(&[]).await;
    assert_eq!(
        (status, &headers[header::CONTENT_TYPE]),
        (StatusCode::OK, &"application/json".parse().unwrap())
    );
    assert_eq!(serde_json::from_slice::<Value>(&text).unwrap(), openapi());
    assert!(!headers.contains_key(header::CONTENT_ENCODING));
    let (_, compressed, gzip) = answer(&[(header::ACCEPT_ENCODING, "br;q=1.0, gzip;q=0.8")]).await;
    assert_eq!(compressed[header::CONTENT_ENCODING], "gzip");
    assert_eq!(compressed[header::VARY], "accept-encoding");
    assert_eq!(compressed[header::ETAG], headers[header::ETAG]);
    let mut unpacked = Vec::new();
    GzDecoder::new(&*gzip).read_to_end(&mut unpacked).unwrap();
    assert_eq!(unpacked, text);
    for refused in ["gzip;q=0", "gzip;q=0.000", "gzip;Q=0", "x-gzip;q=0", "identity"] {
        let (_, headers, found) = answer(&[(header::ACCEPT_ENCODING, refused)]).await;
        assert!(!headers.contains_key(header::CONTENT_ENCODING), "{refused}");
        assert_eq!(found, text);
    }
}

/// The compression layer also accepts `x-gzip`, in any case. It would compress the document with another level.
#[tokio::test]
async fn the_document_is_never_compressed_again() {
    let (_, _, stored) = answer(&[(header::ACCEPT_ENCODING, "gzip")]).await;
    for accepted in ["x-gzip", "X-Gzip;q=0.5", "br, x-gzip", "GZIP ; Q=1.0", "x-gzip;q=0, gzip"] {
        let (_, headers, found) = answer(&[(header::ACCEPT_ENCODING, accepted)]).await;
        assert_eq!(headers[header::CONTENT_ENCODING], "gzip", "{accepted}");
        assert!(
            found == stored,
            "{accepted}: {} bytes, and the stored ones are {}",
            found.len(),
            stored.len()
        );
    }
    let lines = [(header::ACCEPT_ENCODING, "br"), (header::ACCEPT_ENCODING, "x-gzip")];
    assert!(answer(&lines).await.2 == stored);
}

#[tokio::test]
async fn a_client_that_has_the_document_gets_no_body() {
    let (_, headers, _) = answer(&[]).await;
    let tag = headers[header::ETAG].to_str().unwrap().to_owned();
    for known in [tag.clone(), format!("\"another\", {tag}"), "*".to_owned()] {
        let (status, headers, body) = answer(&[(header::IF_NONE_MATCH, &known)]).await;
        assert_eq!((status, body.len()), (StatusCode::NOT_MODIFIED, 0), "{known}");
        assert_eq!(headers[header::ETAG], tag.as_str());
    }
    let (status, ..) = answer(&[(header::IF_NONE_MATCH, "\"another\"")]).await;
    assert_eq!(status, StatusCode::OK);
}
