//! [`WebhookSender`]: posts events to a webhook.

use crate::{Event, SendError, Sender, Webhook};
use bytes::Bytes;
use evens_outbound::{HttpsClient, Unreachable, retry_after};
use evens_runtime::StartError;
use futures::future::{BoxFuture, FutureExt};
use http_body_util::Full;
use hyper::header::{CONTENT_TYPE, RETRY_AFTER, USER_AGENT};
use hyper::{Request, StatusCode};
use jiff::Timestamp;
use std::error::Error;

/// Posts events to a webhook, signed as in Standard Webhooks 1.0. It follows no redirects and reads no bodies: only the
/// status and `Retry-After` count.
#[derive(Debug)]
pub struct WebhookSender {
    client: HttpsClient,
    webhook: Webhook,
}

/// An id that is not a valid header value.
#[derive(Debug, thiserror::Error)]
#[error("its id contains a character that is not allowed in the signed text or in a header")]
struct BadId;

impl WebhookSender {
    /// Creates the sender. Nothing is called yet.
    ///
    /// # Errors
    /// The webhook uses TLS, and this machine has no CA certificates to verify it.
    pub fn new(webhook: Webhook) -> Result<Self, StartError> {
        let client = HttpsClient::new(&webhook.endpoint).map_err(|error| {
            let hint = "install CA certificates, such as the package ca-certificates, or set SSL_CERT_FILE";
            StartError::new("no CA certificates were found to verify the webhook", hint).caused_by(error)
        })?;
        Ok(Self { client, webhook })
    }

    async fn post(&self, event: &Event, now: Timestamp) -> Result<(), SendError> {
        let request = self.request(event, now).map_err(SendError::Unwritable)?;
        let answer =
            self.client.send(request).await.map_err(|Unreachable(cause)| SendError::Unreachable(cause))?;
        let status = answer.status();
        let is_busy = status.is_server_error()
            || [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_EARLY, StatusCode::TOO_MANY_REQUESTS]
                .contains(&status);
        if status.is_success() {
            Ok(())
        } else if is_busy {
            let wait = answer.headers().get(RETRY_AFTER).and_then(|value| retry_after(value, now));
            Err(SendError::Busy { status, retry_after: wait })
        } else {
            Err(SendError::Refused { status })
        }
    }

    /// Standard Webhooks 1.0: the id is the same for every attempt, the timestamp is that of the attempt.
    fn request(
        &self,
        event: &Event,
        now: Timestamp,
    ) -> Result<Request<Full<Bytes>>, Box<dyn Error + Send + Sync>> {
        let id = event.id.as_str();
        if !id.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'.') {
            return Err(BadId.into());
        }
        let body = event.body()?;
        let seconds = now.as_second();
        let signature = self.webhook.signer.sign(id, seconds, &body);
        let request = Request::post(self.webhook.endpoint.uri())
            .header(CONTENT_TYPE, "application/json")
            .header(USER_AGENT, concat!("evens/", env!("CARGO_PKG_VERSION")))
            .header("webhook-id", id)
            .header("webhook-timestamp", seconds)
            .header("webhook-signature", signature);
        Ok(request.body(Full::from(body))?)
    }
}

impl Sender for WebhookSender {
    fn send<'a>(&'a self, event: &'a Event, now: Timestamp) -> BoxFuture<'a, Result<(), SendError>> {
        self.post(event, now).boxed()
    }
}
