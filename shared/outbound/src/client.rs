//! [`HttpsClient`]: HTTPS connections to one endpoint.

use crate::Endpoint;
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::{Request, Response};
use hyper_rustls::{ConfigBuilderExt, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Client, Error as ClientError};
use hyper_util::rt::TokioExecutor;
use rustls::{ClientConfig, RootCertStore};
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

/// An idle connection may be broken without notice, because a function is suspended between its batches.
const IDLE_MAX: Duration = Duration::from_secs(20);

/// Calls one endpoint. Keeps connections open between calls. Follows no redirects.
#[derive(Debug, Clone)]
pub struct HttpsClient(Client<HttpsConnector<HttpConnector>, Full<Bytes>>);

/// This machine has no CA certificates to verify the endpoint with.
#[derive(Debug, thiserror::Error)]
#[error("no CA certificates were found to verify the server")]
pub struct NoCertificates(#[source] Box<dyn Error + Send + Sync>);

/// The connection failed or broke, or the answer exceeded the size limit. Except if [nothing was
/// sent](Unreachable::may_be_sent), the call may have had its effect.
#[derive(Debug, thiserror::Error)]
#[error("no complete answer was received")]
pub struct Unreachable(#[source] pub Box<dyn Error + Send + Sync>);

impl Unreachable {
    /// Returns `true` if anything may have been sent. Returns `false` if no connection was made.
    pub fn may_be_sent(&self) -> bool {
        !self.0.downcast_ref::<ClientError>().is_some_and(ClientError::is_connect)
    }
}

impl HttpsClient {
    /// Creates a client for that endpoint. Nothing is called yet.
    ///
    /// # Errors
    /// The endpoint uses TLS, and this machine has no CA certificates to verify it.
    pub fn new(endpoint: &Endpoint) -> Result<Self, NoCertificates> {
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls(endpoint.is_encrypted())?)
            .https_or_http()
            .enable_http1()
            .build();
        Ok(Self(Client::builder(TokioExecutor::new()).pool_idle_timeout(IDLE_MAX).build(connector)))
    }

    /// Sends a request and returns the answer as soon as its head arrives.
    ///
    /// # Errors
    /// The connection failed, or broke before the head arrived.
    pub async fn send(&self, request: Request<Full<Bytes>>) -> Result<Response<Incoming>, Unreachable> {
        self.0.request(request).await.map_err(|error| Unreachable(error.into()))
    }

    /// Sends a request and returns the whole answer, if its body has at most `bytes_max` bytes.
    ///
    /// # Errors
    /// An incomplete answer, or a longer one.
    pub async fn call(
        &self,
        request: Request<Full<Bytes>>,
        bytes_max: usize,
    ) -> Result<Response<Bytes>, Unreachable> {
        let (head, body) = self.send(request).await?.into_parts();
        let body = Limited::new(body, bytes_max).collect().await.map_err(Unreachable)?;
        Ok(Response::from_parts(head, body.to_bytes()))
    }
}

/// The only TLS stack: rustls with ring, and the machine's CA certificates. Loading them is the slowest part of the
/// start, so it is skipped for unencrypted endpoints.
fn tls(is_encrypted: bool) -> Result<ClientConfig, NoCertificates> {
    let fault = |error: Box<dyn Error + Send + Sync>| NoCertificates(error);
    let builder = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| fault(error.into()))?;
    let builder = if is_encrypted {
        builder.with_native_roots().map_err(|error| fault(error.into()))?
    } else {
        builder.with_root_certificates(RootCertStore::empty())
    };
    Ok(builder.with_no_client_auth())
}
