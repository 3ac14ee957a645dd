//! Calls over a real connection.

use axum::Router;
use axum::http::StatusCode;
use axum::response::Redirect;
use axum::routing::get;
use bytes::Bytes;
use evens_outbound::{Endpoint, HttpsClient};
use http_body_util::Full;
use hyper::Request;
use tokio::net::TcpListener;

/// A server that accepts connections.
async fn test_endpoint() -> Endpoint {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let routes = Router::new()
        .route("/ten", get(async || "0123456789"))
        .route("/moved", get(async || Redirect::temporary("/ten")));
    tokio::spawn(async move { axum::serve(listener, routes).await });
    format!("http://{address}").parse().expect("an endpoint")
}

fn request(endpoint: &Endpoint, path: &str) -> Request<Full<Bytes>> {
    let address = endpoint.at(path).expect("an address");
    Request::get(address).body(Full::default()).expect("a request")
}

#[tokio::test]
async fn an_answer_is_read_as_far_as_is_wanted() {
    let endpoint = test_endpoint().await;
    let client = HttpsClient::new(&endpoint).expect("a client");
    let answer = client.call(request(&endpoint, "/ten"), 10).await.expect("an answer");
    assert_eq!((answer.status(), answer.body().as_ref()), (StatusCode::OK, b"0123456789".as_slice()));
    let error = client.call(request(&endpoint, "/ten"), 9).await.expect_err("too long");
    assert_eq!(error.to_string(), "no complete answer was received");
}

#[tokio::test]
async fn a_redirect_is_an_answer() {
    let endpoint = test_endpoint().await;
    let client = HttpsClient::new(&endpoint).expect("a client");
    let answer = client.send(request(&endpoint, "/moved")).await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::TEMPORARY_REDIRECT);
}

#[tokio::test]
async fn an_unreachable_endpoint_is_an_error() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let endpoint: Endpoint = format!("http://{}", listener.local_addr().expect("one")).parse().expect("one");
    drop(listener);
    let client = HttpsClient::new(&endpoint).expect("a client");
    assert!(client.send(request(&endpoint, "/ten")).await.is_err());
}
