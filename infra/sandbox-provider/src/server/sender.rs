//! [`Sender`]: sends callbacks when they are due.

use super::state::{State, Unavailable};
use crate::core::{Core, Delivery};
use crate::settings::Callbacks;
use bytes::Bytes;
use http_body_util::Full;
use hyper::Request;
use hyper::header::{CONTENT_TYPE, USER_AGENT};
use hyper_rustls::{ConfigBuilderExt, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use jiff::Timestamp;
use rustls::{ClientConfig, RootCertStore};
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;

/// The largest number of concurrent callbacks.
const AT_ONCE_MAX: usize = 32;

/// The longest pause when nothing is scheduled.
const PAUSE_MAX: Duration = Duration::from_mins(1);

/// Sends callbacks to the configured receiver. It follows no redirects and reads no bodies.
pub(super) struct Sender {
    receiver: Option<Receiver>,
    answer_within: Duration,
}

struct Receiver {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    callbacks: Callbacks,
}

impl Sender {
    /// # Errors
    /// The receiver uses TLS, and this machine has no certificates to verify it.
    pub(super) fn new(
        callbacks: Option<Callbacks>,
        answer_within: Duration,
    ) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let receiver = match callbacks {
            None => None,
            Some(callbacks) => {
                let tls = tls(callbacks.is_encrypted())?;
                let connector =
                    HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http().enable_http1().build();
                Some(Receiver { client: Client::builder(TokioExecutor::new()).build(connector), callbacks })
            }
        };
        Ok(Self { receiver, answer_within })
    }

    /// Returns whether the receiver accepted it.
    async fn send(&self, delivery: &Delivery) -> bool {
        let id = &delivery.id;
        let Some(receiver) = &self.receiver else {
            tracing::info!("callback.id" = id, "Did not send callback {id}, because no receiver is set");
            return true;
        };
        let answer = tokio::time::timeout(self.answer_within, receiver.post(delivery)).await;
        let is_taken = matches!(answer, Ok(Ok(true)));
        if !is_taken {
            tracing::debug!("callback.id" = id, "The receiver did not accept callback {id}");
        }
        is_taken
    }
}

impl Receiver {
    async fn post(&self, delivery: &Delivery) -> Result<bool, Box<dyn Error + Send + Sync>> {
        let request = Request::post(&self.callbacks.url)
            .header(CONTENT_TYPE, "application/json")
            .header(USER_AGENT, concat!("sandbox-provider/", env!("CARGO_PKG_VERSION")));
        let headers = self.callbacks.signer.headers(delivery);
        let request = headers.into_iter().fold(request, |request, (name, value)| request.header(name, value));
        let answer = self.client.request(request.body(Full::from(delivery.body.clone()))?).await?;
        Ok(answer.status().is_success())
    }
}

/// Advances the core's time and sends due callbacks, until the future is dropped.
pub(super) async fn keep_time(state: Arc<State>, sender: Sender) {
    let sender = Arc::new(sender);
    let mut under_way = JoinSet::new();
    loop {
        let free = AT_ONCE_MAX.saturating_sub(under_way.len());
        let looked =
            state.read_with_delay(|core, now| (core.take_due_callbacks(free, now), pause(core, now)));
        let Some((deliveries, pause)) = looked.await else { return };
        for delivery in deliveries {
            under_way.spawn(deliver(Arc::clone(&state), Arc::clone(&sender), delivery));
        }
        let is_full = under_way.len() >= AT_ONCE_MAX;
        tokio::select! {
            () = state.changed(), if !is_full => {}
            () = tokio::time::sleep(pause), if !is_full => {}
            Some(_) = under_way.join_next() => {}
        }
    }
}

async fn deliver(state: Arc<State>, sender: Arc<Sender>, delivery: Delivery) {
    let is_taken = sender.send(&delivery).await;
    let noted = state.change(|core, now| core.note_delivery(delivery.callback, is_taken, now)).await;
    // A change that cannot be written now is written later.
    if let Err(Unavailable::Broken) = noted {
        let id = &delivery.id;
        tracing::warn!(
            "callback.id" = id,
            "Could not record the delivery of callback {id}, which no longer exists"
        );
    }
}

fn pause(core: &Core, now: Timestamp) -> Duration {
    let until = core.next_deadline().map(|deadline| deadline.duration_since(now));
    until.map_or(PAUSE_MAX, |until| Duration::try_from(until).unwrap_or_default().min(PAUSE_MAX))
}

/// A TLS configuration of rustls with ring, with the machine's certificates if needed.
fn tls(is_encrypted: bool) -> Result<ClientConfig, Box<dyn Error + Send + Sync>> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let builder = if is_encrypted {
        builder.with_native_roots()?
    } else {
        builder.with_root_certificates(RootCertStore::empty())
    };
    Ok(builder.with_no_client_auth())
}
