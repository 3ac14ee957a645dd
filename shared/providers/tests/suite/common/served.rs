//! The sandbox provider on a local port, with a receiver for its callbacks.

use crate::common::name;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::post;
use evens_outbound::{Endpoint, HttpsClient};
use evens_providers::{PendingPayment, Sandbox, SandboxSettings};
use evens_sandbox_provider::core::{self, Fees, Retries};
use evens_sandbox_provider::{ApiKey, Callbacks, Settings, serve};
use http_body_util::Full;
use hyper::Request;
use hyper::header::AUTHORIZATION;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

pub(crate) const KEY: &str = "sandbox-key-0123456789";
pub(crate) const SECRET: &str = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

/// Short times, so that tests are quick.
const QUICK: core::Settings = core::Settings {
    payout_queued: Duration::from_millis(5),
    payout_processing: Duration::from_millis(5),
    payout_return: Duration::from_millis(5),
    refund_processing: Duration::from_millis(5),
    keys_kept: Duration::from_secs(100),
    fault_delay: Duration::from_millis(50),
    callbacks: Retries {
        answer_within: Duration::from_secs(30),
        pause_first: Duration::from_millis(5),
        pause_max: Duration::from_millis(20),
    },
    fees: Fees { payment_basis_points: 200, payout_units: 7 },
};

/// A received callback.
pub(crate) type Callback = (HeaderMap, Bytes);

/// A sandbox that runs until it is dropped.
pub(crate) struct SandboxServer {
    pub(crate) endpoint: Endpoint,
    client: HttpsClient,
    callbacks: mpsc::UnboundedReceiver<Callback>,
    _shutdown: oneshot::Sender<()>,
}

impl SandboxServer {
    pub(crate) async fn start() -> Self {
        let (url, callbacks) = receive().await;
        let callbacks_to = Callbacks::new(url.parse().unwrap(), SECRET.parse().unwrap()).unwrap();
        let settings = Settings {
            rules: QUICK,
            key: ApiKey::new(KEY).unwrap(),
            callbacks: Some(callbacks_to),
            public_url: None,
            state_file: None,
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint: Endpoint = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        let (shutdown, stopped) = oneshot::channel();
        tokio::spawn(serve(listener, settings, async { drop(stopped.await) }));
        let client = HttpsClient::new(&endpoint).unwrap();
        Self { endpoint, client, callbacks, _shutdown: shutdown }
    }

    pub(crate) fn settings(&self) -> SandboxSettings {
        SandboxSettings {
            name: name("sandbox"),
            endpoint: self.endpoint.clone(),
            key: KEY.parse().unwrap(),
            secrets: SECRET.parse().unwrap(),
        }
    }

    pub(crate) fn provider(&self) -> Sandbox {
        Sandbox::new(self.settings()).unwrap()
    }

    /// Presses a button of the pay page: `pay`, `fail` or `leave`.
    pub(crate) async fn press(&self, opened: &PendingPayment, act: &str) {
        let url = format!("{}/{act}", opened.checkout.url());
        let request = Request::post(url).body(Full::default()).unwrap();
        let answer = self.client.call(request, 1 << 20).await.unwrap();
        assert_eq!(answer.status(), 303, "{act}");
    }

    pub(crate) async fn fault(&self, on: &str, what: &str, times: u32) {
        let body = json!({ "on": on, "do": what, "times": times }).to_string();
        let request = Request::post(self.endpoint.at("/_faults").unwrap())
            .header(AUTHORIZATION, format!("Bearer {KEY}"))
            .body(Full::from(body))
            .unwrap();
        let answer = self.client.call(request, 1 << 20).await.unwrap();
        assert_eq!(answer.status(), 201, "{on} {what}");
    }

    /// The sandbox's whole state.
    pub(crate) async fn state(&self) -> Value {
        let request = Request::get(self.endpoint.at("/_state").unwrap())
            .header(AUTHORIZATION, format!("Bearer {KEY}"))
            .body(Full::default())
            .unwrap();
        let answer = self.client.call(request, 1 << 20).await.unwrap();
        serde_json::from_slice(answer.body()).unwrap()
    }

    /// The next callback.
    pub(crate) async fn callback(&mut self) -> Callback {
        timeout(crate::common::DEADLINE, self.callbacks.recv()).await.unwrap().unwrap()
    }
}

/// Accepts every callback and passes it on.
async fn receive() -> (String, mpsc::UnboundedReceiver<Callback>) {
    let (taken, callbacks) = mpsc::unbounded_channel();
    let take = |State(taken): State<mpsc::UnboundedSender<Callback>>, headers: HeaderMap, body: Bytes| async move {
        drop(taken.send((headers, body)));
    };
    let router = Router::new().route("/callback", post(take)).with_state(taken);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/callback", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, callbacks)
}
