//! [`Allowance`]: how many more bytes a connection takes from its client.
//!
//! A message of the live channel can arrive in any number of fragments, also in empty ones, and only the whole message
//! is counted against a budget. The allowance counts what arrives on the wire.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The bytes that a connection still takes. Without a limit until one is set. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Allowance(Arc<AtomicU64>);

impl Allowance {
    const UNLIMITED: u64 = u64::MAX;

    pub(crate) fn unlimited() -> Self {
        Self(Arc::new(AtomicU64::new(Self::UNLIMITED)))
    }

    /// Takes so many bytes from now on.
    pub(crate) fn set(&self, bytes: u64) {
        self.0.store(bytes, Ordering::Relaxed);
    }

    /// Returns `false` if these are more bytes than are left.
    fn spend(&self, bytes: usize) -> bool {
        let left = self.0.load(Ordering::Relaxed);
        if left == Self::UNLIMITED {
            return true;
        }
        let after = left.checked_sub(bytes as u64);
        self.0.store(after.unwrap_or(0), Ordering::Relaxed);
        after.is_some()
    }
}

/// A connection that fails once its client has sent more than its allowance.
#[derive(Debug)]
pub(crate) struct MeteredConnection<S> {
    stream: S,
    allowance: Allowance,
}

impl<S> MeteredConnection<S> {
    pub(crate) fn new(stream: S, allowance: Allowance) -> Self {
        Self { stream, allowance }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for MeteredConnection<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        if self.allowance.spend(buffer.filled().len() - before) {
            Poll::Ready(Ok(()))
        } else {
            Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, "the client has sent too much")))
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for MeteredConnection<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, buffers)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::{Allowance, MeteredConnection};
    use tokio::io::AsyncReadExt;

    #[tokio::test]
    async fn a_client_sends_no_more_than_it_may() {
        let allowance = Allowance::unlimited();
        let mut metered = MeteredConnection::new(&[7_u8; 100][..], allowance.clone());
        let mut ten = [0; 10];
        metered.read_exact(&mut ten).await.unwrap();
        allowance.set(20);
        metered.read_exact(&mut ten).await.unwrap();
        metered.read_exact(&mut ten).await.unwrap();
        assert!(metered.read(&mut ten).await.is_err());
        allowance.set(20);
        assert_eq!(metered.read(&mut ten).await.unwrap(), 10);
    }
}
