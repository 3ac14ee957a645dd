//! [`Proxy`]: passes what is said to an engine on, and breaks some of it.

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::{CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::{Router, serve};
use futures::stream;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::time::sleep;

/// What is done to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Strike {
    None,
    /// It waits before it is passed on.
    DelayBefore,
    /// Its answer waits.
    DelayAfter,
    /// It is never passed on, and the connection breaks.
    Lost,
    /// It is passed on, and the connection breaks before the answer is there: nobody knows.
    AnswerLost,
    /// It is passed on, and answered with 500: nobody knows.
    ErrorAfter,
    /// It is refused, as by an engine that is overloaded.
    Throttled,
}

/// The engine whose words pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    DynamoDb,
    Sqs,
}

/// A proxy of one engine.
#[derive(Debug, Clone)]
pub(crate) struct Proxy(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    engine: String,
    protocol: Protocol,
    address: SocketAddr,
    http: reqwest::Client,
    random: Mutex<StdRng>,
    /// Of a thousand requests so many are struck.
    strikes_per_mille: AtomicU64,
    is_away: AtomicBool,
    struck: AtomicU64,
    passed: AtomicU64,
}

impl Proxy {
    /// A proxy that passes everything, for now.
    pub(crate) async fn start(engine: String, protocol: Protocol, seed: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let inner = Inner {
            engine,
            protocol,
            address: listener.local_addr().expect("an address"),
            http: reqwest::Client::builder().no_proxy().build().expect("a client"),
            random: Mutex::new(StdRng::seed_from_u64(seed)),
            strikes_per_mille: AtomicU64::new(0),
            is_away: AtomicBool::new(false),
            struck: AtomicU64::new(0),
            passed: AtomicU64::new(0),
        };
        let proxy = Self(Arc::new(inner));
        let router = Router::new().fallback(pass).with_state(proxy.clone());
        tokio::spawn(async move { serve(listener, router).await });
        proxy
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.0.address)
    }

    /// Strikes so many of a thousand requests from now on.
    pub(crate) fn strike(&self, per_mille: u64) {
        self.0.strikes_per_mille.store(per_mille, Ordering::Relaxed);
    }

    /// Breaks every connection from now on, or not any more.
    pub(crate) fn is_away(&self, is_away: bool) {
        self.0.is_away.store(is_away, Ordering::Relaxed);
    }

    /// How many requests passed, and how many of them were struck.
    pub(crate) fn counts(&self) -> (u64, u64) {
        (self.0.passed.load(Ordering::Relaxed), self.0.struck.load(Ordering::Relaxed))
    }

    fn next_strike(&self) -> (Strike, Duration) {
        let mut random = self.0.random.lock().unwrap_or_else(PoisonError::into_inner);
        let delay = Duration::from_millis(random.random_range(1..1_500));
        if self.0.is_away.load(Ordering::Relaxed) {
            return (Strike::Lost, delay);
        }
        if random.random_range(0..1_000) >= self.0.strikes_per_mille.load(Ordering::Relaxed) {
            return (Strike::None, delay);
        }
        let strikes = [
            Strike::DelayBefore,
            Strike::DelayAfter,
            Strike::Lost,
            Strike::AnswerLost,
            Strike::ErrorAfter,
            Strike::Throttled,
        ];
        (strikes[random.random_range(0..strikes.len())], delay)
    }

    async fn forward(&self, method: Method, uri: &Uri, headers: HeaderMap, body: Bytes) -> Response {
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        let mut request = self.0.http.request(method, format!("{}{path}", self.0.engine)).body(body);
        for (name, value) in headers.iter().filter(|(name, _)| *name != HOST && *name != CONTENT_LENGTH) {
            request = request.header(name, value);
        }
        let Ok(answer) = request.send().await else { return broken() };
        let (status, headers) = (answer.status(), answer.headers().clone());
        let Ok(body) = answer.bytes().await else { return broken() };
        let mut response = (status, body).into_response();
        *response.headers_mut() = headers;
        response.headers_mut().remove(TRANSFER_ENCODING);
        response
    }

    fn throttled(&self) -> Response {
        let (content_type, body) = match self.0.protocol {
            Protocol::DynamoDb => (
                "application/x-amz-json-1.0",
                r#"{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException","message":"slow down"}"#,
            ),
            Protocol::Sqs => (
                "application/x-amz-json-1.0",
                r#"{"__type":"com.amazonaws.sqs#RequestThrottled","message":"slow down"}"#,
            ),
        };
        (StatusCode::BAD_REQUEST, [("content-type", content_type)], body).into_response()
    }
}

async fn pass(
    State(proxy): State<Proxy>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let (strike, delay) = proxy.next_strike();
    proxy.0.passed.fetch_add(1, Ordering::Relaxed);
    proxy.0.struck.fetch_add(u64::from(strike != Strike::None), Ordering::Relaxed);
    let forward = proxy.forward(method, &uri, headers, body);
    match strike {
        Strike::None => forward.await,
        Strike::DelayBefore => {
            sleep(delay).await;
            forward.await
        }
        Strike::DelayAfter => {
            let answer = forward.await;
            sleep(delay).await;
            answer
        }
        Strike::Lost => broken(),
        Strike::AnswerLost => {
            forward.await;
            broken()
        }
        Strike::ErrorAfter => {
            forward.await;
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
        Strike::Throttled => proxy.throttled(),
    }
}

/// An answer that breaks off: the server closes the connection in the middle of it.
fn broken() -> Response {
    let end = Err::<Bytes, _>(io::Error::from(io::ErrorKind::ConnectionReset));
    let mut response = Body::from_stream(stream::iter([Ok(Bytes::from_static(b"{")), end])).into_response();
    response.headers_mut().insert(CONTENT_LENGTH, 1_000.into());
    response
}
