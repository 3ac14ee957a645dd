//! [`BoundedListener`]: a local listener that limits connections, so that no client can exhaust the process's file
//! descriptors. Connections are accepted before clients authenticate.

use axum::serve::Listener;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_io_timeout::TimeoutStream;

/// A listener with a limit on simultaneous connections and on their idle time.
#[derive(Debug)]
pub struct BoundedListener {
    listener: TcpListener,
    free: Arc<Semaphore>,
    /// The time limit for a connection without incoming data.
    silence: Duration,
}

impl BoundedListener {
    /// The largest number of simultaneous connections. Others wait in the backlog of the operating system. A process
    /// that uses another one's queues holds a connection for each concurrent job (76), and a few more.
    pub const CONNECTIONS: usize = 256;
    /// Longer than a long poll of 20 s, during which its client sends nothing.
    const SILENCE: Duration = Duration::from_secs(30);

    /// Wraps a listener with the default limits.
    pub fn new(listener: TcpListener) -> Self {
        Self::with(listener, Self::CONNECTIONS, Self::SILENCE)
    }

    fn with(listener: TcpListener, connections: usize, silence: Duration) -> Self {
        Self { listener, free: Arc::new(Semaphore::new(connections)), silence }
    }
}

/// A connection with its permit, which is released on drop.
#[derive(Debug)]
pub struct BoundedConnection {
    stream: Pin<Box<TimeoutStream<TcpStream>>>,
    _place: Option<OwnedSemaphorePermit>,
}

impl Listener for BoundedListener {
    type Io = BoundedConnection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (BoundedConnection, SocketAddr) {
        // The semaphore is never closed, so this always succeeds.
        let place = Arc::clone(&self.free).acquire_owned().await.ok();
        let (stream, address) = Listener::accept(&mut self.listener).await;
        // Answers are small, and clients wait for each of them.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "Could not disable the send delay of a connection: {error}");
        }
        let mut stream = TimeoutStream::new(stream);
        stream.set_read_timeout(Some(self.silence));
        stream.set_write_timeout(Some(self.silence));
        (BoundedConnection { stream: Box::pin(stream), _place: place }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

impl AsyncRead for BoundedConnection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.stream.as_mut().poll_read(context, buffer)
    }
}

impl AsyncWrite for BoundedConnection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.stream.as_mut().poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream.as_mut().poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream.as_mut().poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.stream.as_mut().poll_write_vectored(context, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::BoundedListener;
    use axum::serve::Listener;
    use std::time::Duration;
    use tokio::io::AsyncReadExt;
    use tokio::net::{TcpListener, TcpStream};
    use tokio::time::timeout;

    const SOON: Duration = Duration::from_millis(100);
    const DEADLINE: Duration = Duration::from_secs(10);

    #[tokio::test]
    async fn a_connection_beyond_the_maximum_waits_for_a_free_place() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut bounded = BoundedListener::with(listener, 2, DEADLINE);
        let mut clients = Vec::new();
        for _ in 0..3 {
            clients.push(TcpStream::connect(address).await.unwrap());
        }
        let (first, _) = bounded.accept().await;
        let (_second, _) = bounded.accept().await;
        assert!(timeout(SOON, bounded.accept()).await.is_err(), "there is no place");
        drop(first);
        timeout(DEADLINE, bounded.accept()).await.expect("a place is free again");
    }

    #[tokio::test]
    async fn a_silent_connection_loses_its_place() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut bounded = BoundedListener::with(listener, 1, SOON);
        let _silent = TcpStream::connect(address).await.unwrap();
        let (mut held, _) = bounded.accept().await;
        let read = timeout(DEADLINE, held.read_u8()).await.expect("it is not waited for");
        assert_eq!(read.unwrap_err().kind(), std::io::ErrorKind::TimedOut);
    }
}
