//! Compression: which answers are compressed, for which clients, and that the content is unchanged.

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::http::{Method, Request, header};
use axum::routing::get;
use evens_doubles::FakeSqs;
use evens_http::{Answer, serve_layers};
use flate2::read::GzDecoder;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use std::io::Read;
use tower::ServiceExt;

/// An answer slightly longer than `bytes`.
async fn rows(Path(bytes): Path<usize>) -> Answer<Value> {
    Answer::ok(json!({ "rows": "r".repeat(bytes) }))
}

/// The `Content-Encoding` of an answer, and its body as sent.
async fn ask(method: Method, bytes: usize, accepted: Option<&str>) -> (Option<String>, Vec<u8>) {
    let context = evens_doubles::context(FakeSqs::willing().queues(), &evens_doubles::signer());
    let router = Router::new().route("/api/rows/{bytes}", get(rows).post(rows));
    let mut request = Request::builder().method(method).uri(format!("/api/rows/{bytes}"));
    if let Some(accepted) = accepted {
        request = request.header(header::ACCEPT_ENCODING, accepted);
    }
    let request = request.body(Body::empty()).unwrap();
    let response = serve_layers(router, context).oneshot(request).await.unwrap();
    let encoding = response.headers().get(header::CONTENT_ENCODING);
    let encoding = encoding.map(|value| value.to_str().unwrap().to_owned());
    (encoding, response.into_body().collect().await.unwrap().to_bytes().to_vec())
}

#[tokio::test]
async fn a_list_is_compressed_from_a_kilobyte_on() {
    let gzip = Some("gzip, deflate, br");
    let rows = [
        (Method::GET, 4_000, gzip, true),
        // Shorter than a kilobyte.
        (Method::GET, 900, gzip, false),
        // A client that does not accept compression, or only unsupported kinds.
        (Method::GET, 4_000, None, false),
        (Method::GET, 4_000, Some("br"), false),
        (Method::GET, 4_000, Some("gzip;q=0"), false),
        // Answers to POST contain tokens.
        (Method::POST, 4_000, gzip, false),
    ];
    for (method, bytes, accepted, is_compressed) in rows {
        let row = format!("{method} {bytes} {accepted:?}");
        let (encoding, body) = ask(method, bytes, accepted).await;
        assert_eq!(encoding.as_deref(), is_compressed.then_some("gzip"), "{row}");
        let mut text = Vec::new();
        if is_compressed {
            assert!(body.len() < 200, "{row}: {} bytes", body.len());
            GzDecoder::new(&*body).read_to_end(&mut text).unwrap();
        } else {
            text = body;
        }
        let answer: Value = serde_json::from_slice(&text).unwrap();
        assert_eq!(answer, json!({ "rows": "r".repeat(bytes) }), "{row}");
    }
}
