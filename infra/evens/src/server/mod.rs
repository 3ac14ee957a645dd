//! [`serve`]: the HTTP server, with limits on connections and on the time that a client may take.
//!
//! A client that disconnects does not stop its request: the request is carried out to its end, as behind a gateway.
//! Otherwise a client could stop it between its effect and the log line or event that reports it.

pub(crate) mod allowance;
pub(crate) mod bodies;
pub(crate) mod connection_slots;
pub(crate) mod cors;
pub(crate) mod metrics_server;
pub(crate) mod stream;
pub(crate) mod turns;

use crate::server::allowance::{Allowance, MeteredConnection};
use crate::server::connection_slots::{ConnectionSlot, ConnectionSlots};
use crate::server::stream::{ClientStream, GivenUp, bound_send_buffers};
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use evens_engines::Engines;
use evens_runtime::stopped;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio::time::sleep;
use tower::ServiceExt;

/// Limits on clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    /// The number of connections at once. Others wait in the operating system's queue.
    pub(crate) connections: usize,
    /// The number of open files that are left for sockets of the live channel.
    pub(crate) sockets: usize,
    /// The number of connections that one address may hold ([`ConnectionSlots`]).
    pub(crate) share: usize,
    /// The maximum time for the head of a request, from the start of the connection or the end of the last answer. An
    /// idle connection is closed after the same time.
    pub(crate) head_timeout: Duration,
    /// The maximum time in which a client reads none of an answer that does not fit into the buffers. Then its
    /// connection is reset.
    pub(crate) write_timeout: Duration,
}

impl Limits {
    const CONNECTIONS: usize = 1_024;
    const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
    const WRITE_TIMEOUT: Duration = Duration::from_secs(10);
    /// Open files for everything else: the ports of both engines and their connections, their files, webhooks.
    const FILES_RESERVED: usize = Engines::CONNECTIONS_MAX + 128;
    /// Fewer would be too few for normal use.
    const CONNECTIONS_MIN: usize = 64;
    const SOCKETS_MIN: usize = 64;
    const CONNECTIONS_OF_SCRAPERS: usize = 8;
    /// One address may hold at most one part out of this many.
    const SHARES: usize = 8;

    /// Limits from the number of files that the process may open, because each connection is an open file.
    pub(crate) fn of_process() -> Self {
        let files = getrlimit(Resource::Nofile).current;
        let files = files.and_then(|files| usize::try_from(files).ok()).unwrap_or(usize::MAX);
        let connections = Self::connections(files);
        let sockets = files.saturating_sub(Self::FILES_RESERVED + connections).max(Self::SOCKETS_MIN);
        Self { sockets, ..Self::of(connections) }
    }

    /// Limits for the few browsers of staff. They share an address where they come through a proxy that is not trusted.
    pub(crate) fn of_staff() -> Self {
        let connections = Self::CONNECTIONS_MIN;
        Self { share: connections, ..Self::of(connections) }
    }

    /// Limits for the few clients that read metrics.
    pub(crate) fn of_scrapers() -> Self {
        let connections = Self::CONNECTIONS_OF_SCRAPERS;
        Self { share: connections, ..Self::of(connections) }
    }

    fn of(connections: usize) -> Self {
        Self {
            connections,
            sockets: 0,
            share: (connections / Self::SHARES).max(1),
            head_timeout: Self::HEAD_TIMEOUT,
            write_timeout: Self::WRITE_TIMEOUT,
        }
    }

    fn connections(files: usize) -> usize {
        files.saturating_sub(Self::FILES_RESERVED).clamp(Self::CONNECTIONS_MIN, Self::CONNECTIONS)
    }
}

/// Raises the limit of open files to the process's maximum, because a shell's limit leaves no room for sockets.
pub(crate) fn raise_file_limit() {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }) {
        tracing::warn!(%error, "Could not raise the limit of open files");
    }
}

/// The largest head of a request. A connection that never ends its head holds as much memory. Larger heads get `431`.
const HEAD_SIZE_MAX: usize = 64 * 1_024;

/// Serves until `stop` is set, then until all requests are answered.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    slots: ConnectionSlots,
    stop: watch::Receiver<bool>,
) {
    bound_send_buffers(&listener);
    let mut door = Door::new(listener, limits.connections, slots);
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(limits.head_timeout).max_buf_size(HEAD_SIZE_MAX);
    let (under_way, mut all_done) = mpsc::channel::<Infallible>(1);
    let mut stop_asked = pin!(stopped(stop.clone()));
    loop {
        let AcceptedConnection { stream, address, slot } = tokio::select! {
            accepted = door.accept() => accepted,
            () = &mut stop_asked => break,
        };
        let (router, under_way) = (router.clone(), under_way.clone());
        let is_open = under_way.clone();
        let (allowance, given_up) = (Allowance::unlimited(), GivenUp::default());
        let of_connection = (allowance.clone(), given_up.clone());
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            let mut request: Request = request.map(Body::new);
            // Rate limits count requests by this address, unless a proxy names another one.
            request.extensions_mut().insert(ConnectInfo(address));
            // A socket of the live channel limits its messages, and gives up clients that do not read.
            request.extensions_mut().insert(of_connection.0.clone());
            request.extensions_mut().insert(of_connection.1.clone());
            let (answer, under_way) = (router.clone().oneshot(request), under_way.clone());
            tokio::spawn(async move {
                let Ok(answer) = answer.await;
                drop(under_way);
                answer
            })
        });
        let stream = ClientStream::new(stream, limits.write_timeout, given_up);
        let stream = TokioIo::new(MeteredConnection::new(stream, allowance));
        let connection = http.serve_connection(stream, service).with_upgrades();
        let stop = stop.clone();
        tokio::spawn(async move {
            let mut connection = pin!(connection);
            // An error means that the client is gone or too slow, so it cannot be answered. An upgraded connection ends
            // here as well.
            tokio::select! {
                _ = connection.as_mut() => {}
                () = stopped(stop) => {
                    connection.as_mut().graceful_shutdown();
                    let _ = connection.await;
                }
            }
            drop((slot, is_open));
        });
    }
    drop(door);
    drop(under_way);
    all_done.recv().await;
}

/// Accepts connections while there are free places. A connection above the limit of its address is closed at once,
/// because waiting would occupy a place.
struct Door {
    listener: TcpListener,
    free: Arc<Semaphore>,
    slots: ConnectionSlots,
    /// Set after a failed attempt, which was logged.
    is_failing: bool,
}

/// A connection and its place, which is released on drop.
struct AcceptedConnection {
    stream: TcpStream,
    address: SocketAddr,
    slot: (Option<OwnedSemaphorePermit>, ConnectionSlot),
}

impl Door {
    /// The wait after a failed accept, usually because of too many open files.
    const BACK_OFF: Duration = Duration::from_secs(1);

    fn new(listener: TcpListener, connections: usize, slots: ConnectionSlots) -> Self {
        Self { listener, free: Arc::new(Semaphore::new(connections)), slots, is_failing: false }
    }

    async fn accept(&mut self) -> AcceptedConnection {
        // An error would mean that the semaphore is closed, which never happens.
        let permit = Arc::clone(&self.free).acquire_owned().await.ok();
        loop {
            match self.listener.accept().await {
                Ok((stream, address)) => {
                    self.is_failing = false;
                    if let Some(slot) = self.slots.of_connection(address, stream.local_addr().ok()) {
                        return AcceptedConnection { stream, address, slot: (permit, slot) };
                    }
                }
                Err(error) if is_gone(&error) => {}
                Err(error) => {
                    if !self.is_failing {
                        tracing::error!(%error, "Could not accept connections, retrying every second");
                    }
                    self.is_failing = true;
                    sleep(Self::BACK_OFF).await;
                }
            }
        }
    }
}

/// Returns whether only this connection ended before it was accepted.
fn is_gone(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

#[cfg(test)]
mod tests {
    use super::{Limits, serve};
    use crate::server::connection_slots::ConnectionSlots;
    use axum::{Router, routing};
    use std::io::{ErrorKind, Read, Write};
    use std::net::{SocketAddr, TcpStream};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::{Duration, Instant};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpSocket};
    use tokio::sync::{Notify, watch};
    use tokio::task::{JoinHandle, spawn_blocking};
    use tokio::time::timeout;

    const WHOLE: &[u8] = b"GET / HTTP/1.1\r\nHost: evens\r\n\r\n";
    const OTHER: &[u8] = b"GET /other HTTP/1.1\r\nHost: evens\r\n\r\n";
    const HALF: &[u8] = b"GET / HTTP/1.1\r\nHost: ev";

    async fn start(limits: Limits) -> (SocketAddr, watch::Sender<bool>, JoinHandle<()>) {
        start_with(limits, Router::new().route("/", routing::get(async || "served"))).await
    }

    async fn start_with(limits: Limits, router: Router) -> (SocketAddr, watch::Sender<bool>, JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, stop) = watch::channel(false);
        let slots = ConnectionSlots::new(limits.share, &[]);
        (address, sender, tokio::spawn(serve(listener, router, limits, slots, stop)))
    }

    fn send(address: SocketAddr, bytes: &[u8]) -> TcpStream {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream.write_all(bytes).unwrap();
        stream
    }

    /// Everything received until the server closes the connection, and the time it took.
    async fn until_closed(mut stream: TcpStream) -> (String, Duration) {
        let started = Instant::now();
        let read = spawn_blocking(move || {
            let mut bytes = Vec::new();
            // A connection closed with unread data may be reset, which also counts as closed.
            let closed = stream.read_to_end(&mut bytes);
            let is_timeout = closed.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock);
            assert!(!is_timeout, "the server left a connection open");
            String::from_utf8(bytes).unwrap()
        });
        (read.await.unwrap(), started.elapsed())
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_connection_with_an_unfinished_head_is_closed() {
        let limits = Limits { head_timeout: Duration::from_millis(500), ..Limits::of(100) };
        let (address, _stop, _) = start(limits).await;
        let halves: Vec<_> = (0..50).map(|_| send(address, HALF)).collect();
        // A client that has its answer and sends nothing more.
        let idle = send(address, WHOLE);
        for stream in halves {
            let (said, took) = until_closed(stream).await;
            assert!(!said.contains("200 OK"), "{said}");
            assert!(took < Duration::from_secs(10), "closed after {took:?}");
        }
        let (said, _) = until_closed(idle).await;
        assert!(said.starts_with("HTTP/1.1 200 OK") && said.ends_with("served"), "{said}");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_connection_beyond_the_limit_is_served_when_another_ends() {
        let limits = Limits { head_timeout: Duration::from_secs(10), ..Limits::of(2) };
        let (address, stop, server) = start(limits).await;
        let (first, _second) = (send(address, HALF), send(address, HALF));
        tokio::time::sleep(Duration::from_millis(200)).await;
        let mut third = send(address, WHOLE);
        third.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
        let mut buffer = [0; 4];
        assert!(third.read(&mut buffer).is_err(), "served beyond the limit");
        drop(first);
        third.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        third.read_exact(&mut buffer).unwrap();
        assert_eq!(&buffer, b"HTTP");
        // Idle connections do not delay the end.
        stop.send_replace(true);
        let ended = timeout(Duration::from_secs(30), server).await;
        ended.expect("it ends").unwrap();
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_connection_beyond_the_share_of_its_address_is_closed_at_once() {
        let limits = Limits { share: 2, ..Limits::of(100) };
        let (address, _stop, _) = start(limits).await;
        // Returns whether the connection is answered. It stays open.
        let connect = async |from: &str| {
            let socket = TcpSocket::new_v4().unwrap();
            socket.bind(format!("{from}:0").parse().unwrap()).unwrap();
            let mut stream = socket.connect(address).await.unwrap();
            // A connection that is already closed may fail here.
            let _ = stream.write_all(WHOLE).await;
            let mut buffer = [0; 12];
            let read = timeout(Duration::from_secs(15), stream.read_exact(&mut buffer)).await;
            let is_answered = read.expect("answered or closed").is_ok() && &buffer == b"HTTP/1.1 200";
            (stream, is_answered)
        };
        let opened = [
            connect("127.0.0.2").await,
            connect("127.0.0.2").await,
            connect("127.0.0.2").await,
            connect("127.0.0.3").await,
        ];
        assert_eq!(opened.map(|(_open, is_answered)| is_answered), [true, true, false, true]);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_connection_that_does_not_read_its_answer_is_closed() {
        let router = Router::new()
            .route("/", routing::get(async || vec![b' '; 100_000_000]))
            .route("/other", routing::get(async || ()));
        let limits = Limits { write_timeout: Duration::from_millis(500), ..Limits::of(1) };
        let (address, _stop, _) = start_with(limits, router).await;
        let mut does_not_read = send(address, WHOLE);
        let mut other = send(address, OTHER);
        let answer = spawn_blocking(move || other.read(&mut [0; 64]).unwrap());
        assert_ne!(answer.await.unwrap(), 0);
        // The system drops the rest of the answer instead of keeping it for the client.
        let end =
            spawn_blocking(move || does_not_read.read_to_end(&mut Vec::new()).map_err(|end| end.kind()));
        assert_eq!(end.await.unwrap(), Err(ErrorKind::ConnectionReset));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_started_request_completes_without_its_client() {
        let (begun, go_on, is_done) = (Arc::new(Notify::new()), Arc::new(Notify::new()), Arc::default());
        let slow = (Arc::clone(&begun), Arc::clone(&go_on), Arc::<AtomicBool>::clone(&is_done));
        let slow = async move || {
            slow.0.notify_one();
            slow.1.notified().await;
            slow.2.store(true, Ordering::Relaxed);
        };
        let router = Router::new().route("/", routing::get(slow)).route("/other", routing::get(async || ()));
        let (address, stop, server) = start_with(Limits::of(1), router).await;
        let client = send(address, WHOLE);
        begun.notified().await;
        drop(client);
        // Its place is free, so the server has noticed the disconnect.
        let mut other = send(address, OTHER);
        let answer = spawn_blocking(move || other.read(&mut [0; 64]).unwrap());
        assert_ne!(answer.await.unwrap(), 0);
        stop.send_replace(true);
        go_on.notify_one();
        timeout(Duration::from_secs(15), server).await.expect("it ends").unwrap();
        assert!(is_done.load(Ordering::Relaxed));
    }

    #[test]
    fn connections_leave_files_for_everything_else() {
        let connections = [0, 256, 1_024, 1_664, usize::MAX].map(Limits::connections);
        assert_eq!(connections, [64, 64, 384, 1_024, 1_024]);
    }
}
