//! [`WebhookSender`]: posts events to a webhook.

use crate::event::EventBody;
use crate::{SendError, Sender, Webhook};
use bytes::Bytes;
use evens_contracts::NotifyJob;
use evens_runtime::StartError;
use futures::future::{BoxFuture, FutureExt};
use http_body_util::Full;
use hyper::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER, USER_AGENT};
use hyper::{Request, StatusCode};
use hyper_rustls::{ConfigBuilderExt, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use jiff::Timestamp;
use rustls::{ClientConfig, RootCertStore};
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

/// A webhook is left alone for no longer, whatever it says.
pub const RETRY_AFTER_MAX: Duration = Duration::from_mins(5);

/// A connection that was not used for so long may be gone without a word: a function sleeps between its batches.
const IDLE_MAX: Duration = Duration::from_secs(20);

/// Posts events to a webhook, signed as Standard Webhooks 1.0 has it. Follows no redirect and reads no body: what it
/// answers is its status, and how long it wants to be left alone.
#[derive(Debug)]
pub struct WebhookSender {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    webhook: Webhook,
}

/// An id that does not fit into a request.
#[derive(Debug, thiserror::Error)]
#[error("its id has a character that separates the parts of what is signed, or that a header cannot have")]
struct BadId;

impl WebhookSender {
    /// Posts to that webhook. Nothing is called yet.
    ///
    /// # Errors
    /// It is encrypted, and this machine has no certificates to check it with.
    pub fn new(webhook: Webhook) -> Result<Self, StartError> {
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls(&webhook)?)
            .https_or_http()
            .enable_http1()
            .build();
        let client = Client::builder(TokioExecutor::new()).pool_idle_timeout(IDLE_MAX).build(connector);
        Ok(Self { client, webhook })
    }

    async fn post(&self, job: &NotifyJob, now: Timestamp) -> Result<(), SendError> {
        let request = self.request(job, now).map_err(SendError::Unwritable)?;
        let answer =
            self.client.request(request).await.map_err(|error| SendError::Unreachable(error.into()))?;
        let status = answer.status();
        let is_busy = status.is_server_error()
            || [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_EARLY, StatusCode::TOO_MANY_REQUESTS]
                .contains(&status);
        if status.is_success() {
            Ok(())
        } else if is_busy {
            let retry_after = answer.headers().get(RETRY_AFTER);
            Err(SendError::Busy { status, retry_after: retry_after.and_then(|value| parse_wait(value, now)) })
        } else {
            Err(SendError::Refused { status })
        }
    }

    /// Standard Webhooks 1.0: the id stays the same for every attempt, the time is that of this one.
    fn request(
        &self,
        job: &NotifyJob,
        now: Timestamp,
    ) -> Result<Request<Full<Bytes>>, Box<dyn Error + Send + Sync>> {
        let id = job.event_id();
        if !id.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'.') {
            return Err(BadId.into());
        }
        let body = serde_json::to_vec(&EventBody::from(job))?;
        let seconds = now.as_second();
        let signature = self.webhook.signer.sign(&id, seconds, &body);
        let request = Request::post(&self.webhook.url)
            .header(CONTENT_TYPE, "application/json")
            .header(USER_AGENT, concat!("evens/", env!("CARGO_PKG_VERSION")))
            .header("webhook-id", id)
            .header("webhook-timestamp", seconds)
            .header("webhook-signature", signature);
        Ok(request.body(Full::from(body))?)
    }
}

impl Sender for WebhookSender {
    fn send<'a>(&'a self, job: &'a NotifyJob, now: Timestamp) -> BoxFuture<'a, Result<(), SendError>> {
        self.post(job, now).boxed()
    }
}

/// One TLS stack: rustls with ring, and the machine's certificates. Reading them takes longer than all else, so it is
/// left out where nothing is encrypted.
fn tls(webhook: &Webhook) -> Result<ClientConfig, StartError> {
    let fault = |error: Box<dyn Error + Send + Sync>| {
        let hint = "install the machine's certificates, or set SSL_CERT_FILE; EVENS_WEBHOOK_URL is encrypted";
        StartError::new("there are no certificates to check the webhook with", hint).caused_by(error)
    };
    let builder = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| fault(error.into()))?;
    let builder = if webhook.is_encrypted() {
        builder.with_native_roots().map_err(|error| fault(error.into()))?
    } else {
        builder.with_root_certificates(RootCertStore::empty())
    };
    Ok(builder.with_no_client_auth())
}

/// `Retry-After`: seconds, or a date. None where it says nothing, or no time at all.
fn parse_wait(value: &HeaderValue, now: Timestamp) -> Option<Duration> {
    let text = value.to_str().ok()?.trim();
    let wait = if let Ok(seconds) = text.parse() {
        Duration::from_secs(seconds)
    } else {
        let date = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
        date.duration_since(now).try_into().ok()?
    };
    (!wait.is_zero()).then(|| wait.min(RETRY_AFTER_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_long_a_webhook_wants_to_be_left_alone() {
        let now: Timestamp = "1994-11-06T08:49:07Z".parse().unwrap();
        let cases = [
            ("1", Some(1)),
            (" 120 ", Some(120)),
            ("300", Some(300)),
            ("301", Some(300)),
            ("18446744073709551615", Some(300)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(30)),
            ("Sun, 06 Nov 1994 09:49:37 GMT", Some(300)),
            ("Sun, 06 Nov 1994 08:49:07 GMT", None),
            ("Sun, 06 Nov 1994 08:48:37 GMT", None),
            ("0", None),
            ("-1", None),
            ("1.5", None),
            ("soon", None),
            ("", None),
        ];
        for (text, expected) in cases {
            let wait = parse_wait(&HeaderValue::from_static(text), now);
            assert_eq!(wait, expected.map(Duration::from_secs), "{text:?}");
        }
    }
}
