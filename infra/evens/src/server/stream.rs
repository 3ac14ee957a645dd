//! [`ClientStream`]: a client's connection, and how much of what was sent to it the operating system keeps.
//!
//! An answer that a client does not read waits in the operating system, also after the process has closed the
//! connection. A client without a token could make it hold megabytes for minutes, at the cost of a request.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio_io_timeout::TimeoutStream;

/// The size of the send buffer of a connection. Linux keeps twice as much, with the heads of packets. Without a size it
/// grows up to `net.ipv4.tcp_wmem`, which is 4 MB.
const SEND_BUFFER_BYTES: usize = 64 * 1_024;

/// The maximum time for which the operating system keeps bytes that a client does not take, also after the connection
/// was closed. A client in a tunnel is away for less.
#[cfg(target_os = "linux")]
const UNREAD_FOR: Duration = Duration::from_secs(30);

/// Bounds what the operating system keeps for each connection of a listener.
pub(crate) fn bound_send_buffers(listener: &TcpListener) {
    let bounded = rustix::net::sockopt::set_socket_send_buffer_size(listener, SEND_BUFFER_BYTES);
    #[cfg(target_os = "linux")]
    let bounded = bounded.and_then(|()| {
        let milliseconds = u32::try_from(UNREAD_FOR.as_millis()).unwrap_or(u32::MAX);
        rustix::net::sockopt::set_tcp_user_timeout(listener, milliseconds)
    });
    if let Err(error) = bounded {
        tracing::warn!(%error, "Could not bound the send buffers of connections");
    }
}

/// Says that a connection was given up: it is closed with a reset, which drops what its client has not read. Clones
/// share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct GivenUp(Arc<AtomicBool>);

impl GivenUp {
    pub(crate) fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// A client's connection. It is given up if the client reads nothing for too long.
#[derive(Debug)]
pub(crate) struct ClientStream {
    stream: Pin<Box<TimeoutStream<TcpStream>>>,
    given_up: GivenUp,
}

impl ClientStream {
    /// `write_timeout` is the maximum time in which the client reads nothing of what waits for it.
    pub(crate) fn new(stream: TcpStream, write_timeout: Duration, given_up: GivenUp) -> Self {
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(write_timeout));
        Self { stream: Box::pin(stream), given_up }
    }

    /// Passes on the result of a write.
    fn written<T>(&self, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if let Poll::Ready(Err(error)) = &written
            && error.kind() == io::ErrorKind::TimedOut
        {
            self.given_up.set();
        }
        written
    }
}

impl Drop for ClientStream {
    fn drop(&mut self) {
        if self.given_up.is_set() {
            // The client may be gone by now.
            let _ = self.stream.get_ref().set_zero_linger();
        }
    }
}

impl AsyncRead for ClientStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.stream.as_mut().poll_read(context, buffer)
    }
}

impl AsyncWrite for ClientStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = self.stream.as_mut().poll_write(context, bytes);
        self.written(written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let written = self.stream.as_mut().poll_flush(context);
        self.written(written)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let written = self.stream.as_mut().poll_shutdown(context);
        self.written(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = self.stream.as_mut().poll_write_vectored(context, buffers);
        self.written(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::{SEND_BUFFER_BYTES, bound_send_buffers};
    use rustix::net::sockopt;
    use tokio::net::{TcpListener, TcpStream};

    #[tokio::test]
    async fn connections_have_the_bounds_of_their_listener() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        bound_send_buffers(&listener);
        let _client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (accepted, _) = listener.accept().await.unwrap();
        let size = sockopt::socket_send_buffer_size(&accepted).unwrap();
        assert!((SEND_BUFFER_BYTES..=2 * SEND_BUFFER_BYTES).contains(&size), "{size}");
        #[cfg(target_os = "linux")]
        assert_eq!(sockopt::tcp_user_timeout(&accepted), Ok(30_000));
    }
}
