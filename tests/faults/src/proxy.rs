//! [`Proxy`]: forwards requests to an engine and disturbs some of them.

use crate::steps::Steps;
use crate::win_steps::{Moment, WinStep, WinWrite};
use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::{CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use axum::http::request::Parts;
use axum::http::{Request, StatusCode};
use axum::response::{IntoResponse, Response};
use futures::{StreamExt, stream};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::future::pending;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::{TcpListener, TcpSocket};
use tokio::task::JoinSet;
use tokio::time::sleep;

/// The disturbance of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Strike {
    None,
    /// The request is delayed.
    DelayBefore,
    /// The answer is delayed.
    DelayAfter,
    /// The request is dropped without an answer, and the client times out.
    Dropped,
    /// The request is forwarded after the client has timed out, and perhaps retried.
    Late,
    /// The request takes effect, and its answer is dropped. The client does not learn the outcome.
    AnswerDropped,
    /// The request is dropped, and the connection is reset.
    ResetBefore,
    /// The request takes effect, and the connection is reset before the answer.
    ResetAfter,
    /// The request takes effect, and the connection is reset within the answer.
    AnswerCut,
    /// The request takes effect, and the answer is 500.
    ErrorAfter,
    /// The request is refused, as by an overloaded engine.
    Throttled,
}

impl Strike {
    const ALL: [Self; 10] = [
        Self::DelayBefore,
        Self::DelayAfter,
        Self::Dropped,
        Self::Late,
        Self::AnswerDropped,
        Self::ResetBefore,
        Self::ResetAfter,
        Self::AnswerCut,
        Self::ErrorAfter,
        Self::Throttled,
    ];
    const DELAY_MS_MAX: u64 = 1_500;
    /// Longer than the attempt timeout in `evens_runtime::Clients`.
    const LATE_MS_MIN: u64 = 2_100;
}

/// The engine's protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    DynamoDb,
    Sqs,
}

/// A proxy in front of one engine. It stops listening on drop.
#[derive(Debug)]
pub(crate) struct Proxy {
    inner: Arc<Inner>,
    address: SocketAddr,
    /// The acceptor task with all its connections.
    server: JoinSet<()>,
    /// Reserves the port while the proxy is away. Without a listener, connections are refused.
    kept: Option<TcpSocket>,
}

#[derive(Debug)]
struct Inner {
    engine: String,
    protocol: Protocol,
    http: reqwest::Client,
    random: Mutex<StdRng>,
    /// Stop points of jackpot wins.
    wins: Arc<Steps<WinStep>>,
    /// The number of disturbed requests per thousand.
    strikes_per_mille: AtomicU64,
    struck: AtomicU64,
    passed: AtomicU64,
}

impl Proxy {
    /// The number of connections that may wait for acceptance.
    const BACKLOG: u32 = 1_024;

    /// Starts a proxy without disturbances.
    pub(crate) fn start(engine: String, protocol: Protocol, seed: u64) -> Self {
        let inner = Inner {
            engine,
            protocol,
            http: reqwest::Client::builder().no_proxy().build().expect("a client"),
            random: Mutex::new(StdRng::seed_from_u64(seed)),
            wins: Arc::default(),
            strikes_per_mille: AtomicU64::new(0),
            struck: AtomicU64::new(0),
            passed: AtomicU64::new(0),
        };
        let kept = keep((Ipv4Addr::LOCALHOST, 0).into());
        let address = kept.local_addr().expect("an address");
        let mut proxy = Self { inner: Arc::new(inner), address, server: JoinSet::new(), kept: Some(kept) };
        proxy.come_back();
        proxy
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn wins(&self) -> Arc<Steps<WinStep>> {
        self.inner.wins.clone()
    }

    /// Sets the number of disturbed requests per thousand.
    pub(crate) fn strike(&self, per_mille: u64) {
        self.inner.strikes_per_mille.store(per_mille, Ordering::Relaxed);
    }

    /// Resets every connection, and refuses new ones until [`Self::come_back`].
    pub(crate) async fn go_away(&mut self) {
        self.server.shutdown().await;
        self.kept = Some(keep(self.address));
    }

    /// Listens again on the same port. Does nothing if the proxy is not away.
    pub(crate) fn come_back(&mut self) {
        if let Some(kept) = self.kept.take() {
            let listener = kept.listen(Self::BACKLOG).expect("a port that was kept");
            self.server.spawn(accept(listener, self.inner.clone()));
        }
    }

    /// The number of forwarded requests, and the number of disturbed ones.
    pub(crate) fn counts(&self) -> (u64, u64) {
        (self.inner.passed.load(Ordering::Relaxed), self.inner.struck.load(Ordering::Relaxed))
    }
}

/// Reserves a port without listening.
fn keep(address: SocketAddr) -> TcpSocket {
    let socket = TcpSocket::new_v4().expect("a socket");
    // Closing connections may still use the port.
    socket.set_reuseaddr(true).expect("an option of a socket");
    socket.bind(address).expect("a port");
    socket
}

async fn accept(listener: TcpListener, inner: Arc<Inner>) {
    let mut connections = JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await.expect("a connection");
        // A connection that closes without an answer is reset.
        stream.set_zero_linger().expect("an option of a socket");
        let inner = inner.clone();
        let service = service_fn(move |request| pass(inner.clone(), request));
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        // An error means that the client has gone, or that the proxy reset the connection.
        connections.spawn(async move { connection.await.unwrap_or_default() });
    }
}

/// Returns an error to reset the connection.
async fn pass(inner: Arc<Inner>, request: Request<Incoming>) -> io::Result<Response> {
    let (head, body) = request.into_parts();
    let body = to_bytes(Body::new(body), usize::MAX).await.map_err(io::Error::other)?;
    let (strike, delay) = inner.next_strike();
    let before = match strike {
        Strike::Throttled => return Ok(inner.throttled()),
        Strike::ResetBefore => return Err(reset()),
        Strike::Dropped => return pending().await,
        Strike::DelayBefore => delay,
        Strike::Late => delay + Duration::from_millis(Strike::LATE_MS_MIN),
        _ => Duration::ZERO,
    };
    // A request reaches the engine even if its client stops waiting.
    let passed = tokio::spawn(async move {
        sleep(before).await;
        let write = WinWrite::of(&body);
        inner.stop(write, Moment::Sending).await;
        let answer = inner.forward(head, body).await;
        inner.stop(write, Moment::Made).await;
        answer
    });
    let answer = passed.await.map_err(io::Error::other)?;
    match strike {
        Strike::AnswerDropped => pending().await,
        Strike::ResetAfter => Err(reset()),
        Strike::AnswerCut => Ok(cut()),
        Strike::ErrorAfter => Ok(StatusCode::INTERNAL_SERVER_ERROR.into_response()),
        Strike::DelayAfter => {
            sleep(delay).await;
            answer
        }
        _ => answer,
    }
}

impl Inner {
    fn next_strike(&self) -> (Strike, Duration) {
        let mut random = self.random.lock().unwrap_or_else(PoisonError::into_inner);
        let delay = Duration::from_millis(random.random_range(1..Strike::DELAY_MS_MAX));
        self.passed.fetch_add(1, Ordering::Relaxed);
        if random.random_range(0..1_000) >= self.strikes_per_mille.load(Ordering::Relaxed) {
            return (Strike::None, delay);
        }
        self.struck.fetch_add(1, Ordering::Relaxed);
        (Strike::ALL[random.random_range(0..Strike::ALL.len())], delay)
    }

    /// Stops at this step of a jackpot win, if a test waits for it.
    async fn stop(&self, write: Option<WinWrite>, moment: Moment) {
        if let Some(write) = write {
            self.wins.at(WinStep { write, moment }).await;
        }
    }

    async fn forward(&self, head: Parts, body: Bytes) -> io::Result<Response> {
        let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
        let mut request = self.http.request(head.method, format!("{}{path}", self.engine)).body(body);
        for (name, value) in head.headers.iter().filter(|(name, _)| *name != HOST && *name != CONTENT_LENGTH)
        {
            request = request.header(name, value);
        }
        let answer = request.send().await.map_err(io::Error::other)?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = answer.bytes().await.map_err(io::Error::other)?;
        let mut response = (status, body).into_response();
        *response.headers_mut() = headers;
        response.headers_mut().remove(TRANSFER_ENCODING);
        Ok(response)
    }

    fn throttled(&self) -> Response {
        let (content_type, body) = match self.protocol {
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

fn reset() -> io::Error {
    io::ErrorKind::ConnectionReset.into()
}

/// An answer that is reset after its first bytes.
fn cut() -> Response {
    let end = async {
        // The server flushes its buffer when it has to wait.
        sleep(Duration::from_millis(1)).await;
        Err(reset())
    };
    let parts = stream::iter([Ok(Bytes::from_static(b"{"))]).chain(stream::once(end));
    let mut response = Body::from_stream(parts).into_response();
    response.headers_mut().insert(CONTENT_LENGTH, 1_000.into());
    response
}
