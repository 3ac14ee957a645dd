//! [`Connection`]: one HTTP/1.1 connection, one request at a time.

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::http::response::Parts;
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpStream;

/// One connection to a server. The first request opens it, as does the request after a failed one.
#[derive(Debug)]
pub struct Connection {
    address: SocketAddr,
    sender: Option<SendRequest<Full<Bytes>>>,
}

/// The reason why a request has no answer. Its effect at the server is unknown.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// The connection could not be opened.
    #[error("no connection")]
    Connect(#[source] std::io::Error),
    /// The connection closed before the end of the answer.
    #[error("the connection ended")]
    Broken(#[source] hyper::Error),
    /// The answer did not arrive in time.
    #[error("no answer in {} s", Connection::TIMEOUT.as_secs())]
    Timeout,
}

impl TransportError {
    /// A short name for counting in reports.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Connect(_) => "no connection",
            Self::Broken(_) => "connection ended",
            Self::Timeout => "no answer in time",
        }
    }
}

impl Connection {
    /// The time limit of an answer, which is longer than the server's limit for a request.
    pub const TIMEOUT: Duration = Duration::from_secs(30);

    /// A connection that is not open yet.
    pub fn new(address: SocketAddr) -> Self {
        Self { address, sender: None }
    }

    /// Opens the connection in advance.
    ///
    /// # Errors
    /// [`TransportError::Connect`] or [`TransportError::Broken`].
    pub async fn open(&mut self) -> Result<(), TransportError> {
        self.ready().await.map(drop)
    }

    /// Sends a request once and reads the whole answer.
    ///
    /// # Errors
    /// In the order of [`TransportError`].
    pub async fn send(
        &mut self,
        request: Request<Full<Bytes>>,
    ) -> Result<(StatusCode, Bytes), TransportError> {
        let (parts, body) = self.send_for_parts(request).await?;
        Ok((parts.status, body))
    }

    /// The same, including the answer's headers.
    ///
    /// # Errors
    /// In the order of [`TransportError`].
    pub(crate) async fn send_for_parts(
        &mut self,
        request: Request<Full<Bytes>>,
    ) -> Result<(Parts, Bytes), TransportError> {
        let answer = tokio::time::timeout(Self::TIMEOUT, self.exchange(request)).await;
        let answer = answer.unwrap_or(Err(TransportError::Timeout));
        if answer.is_err() {
            self.sender = None;
        }
        answer
    }

    async fn exchange(&mut self, request: Request<Full<Bytes>>) -> Result<(Parts, Bytes), TransportError> {
        let sender = self.ready().await?;
        let response = sender.send_request(request).await.map_err(TransportError::Broken)?;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.map_err(TransportError::Broken)?;
        Ok((parts, body.to_bytes()))
    }

    /// A sender for the next request. A connection that the server has closed is opened again.
    async fn ready(&mut self) -> Result<&mut SendRequest<Full<Bytes>>, TransportError> {
        let usable = match &mut self.sender {
            Some(sender) => sender.ready().await.is_ok(),
            None => false,
        };
        if !usable {
            self.sender = None;
        }
        match self.sender {
            Some(ref mut sender) => Ok(sender),
            None => Ok(self.sender.insert(connect(self.address).await?)),
        }
    }
}

async fn connect(address: SocketAddr) -> Result<SendRequest<Full<Bytes>>, TransportError> {
    let stream = TcpStream::connect(address).await.map_err(TransportError::Connect)?;
    stream.set_nodelay(true).map_err(TransportError::Connect)?;
    let (sender, connection) =
        http1::handshake(TokioIo::new(stream)).await.map_err(TransportError::Broken)?;
    // Its errors are also reported by the requests.
    tokio::spawn(async { drop(connection.await) });
    Ok(sender)
}
