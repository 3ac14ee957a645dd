//! A provider served on a local port, with a client.

use crate::common::SETTINGS;
use bytes::Bytes;
use evens_sandbox_provider::core::{self, Retries};
use evens_sandbox_provider::{ApiKey, Callbacks, ServeError, Settings, serve};
use http_body_util::{BodyExt, Full};
use hyper::header::{HeaderMap, HeaderName};
use hyper::{Method, Request};
use hyper_util::client::legacy::{Client, Error};
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub(crate) const KEY: &str = "sandbox-key-0123456789";
pub(crate) const SECRET: &str = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

/// The time limit of every wait.
const DEADLINE: Duration = Duration::from_mins(1);

/// Short delays, so that tests are fast.
pub(crate) const QUICK: core::Settings = core::Settings {
    payout_queued: Duration::from_millis(5),
    payout_processing: Duration::from_millis(5),
    payout_return: Duration::from_millis(5),
    refund_processing: Duration::from_millis(5),
    fault_delay: Duration::from_millis(50),
    callbacks: Retries {
        answer_within: Duration::from_secs(30),
        pause_first: Duration::from_millis(5),
        pause_max: Duration::from_millis(20),
    },
    ..SETTINGS
};

pub(crate) fn settings() -> Settings {
    Settings {
        rules: QUICK,
        key: ApiKey::new(KEY).unwrap(),
        callbacks: None,
        public_url: None,
        state_file: None,
    }
}

pub(crate) fn callbacks_to(url: &str) -> Callbacks {
    Callbacks::new(url.parse().unwrap(), SECRET.parse().unwrap()).unwrap()
}

/// A provider that is served until it is stopped.
pub(crate) struct SandboxServer {
    pub(crate) url: String,
    shutdown: oneshot::Sender<()>,
    serving: JoinHandle<Result<(), ServeError>>,
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }
}

impl SandboxServer {
    pub(crate) async fn start(settings: Settings) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (shutdown, stopped) = oneshot::channel();
        let serving = tokio::spawn(serve(listener, settings, async { drop(stopped.await) }));
        Self { url, shutdown, serving }
    }

    pub(crate) async fn stop(self) {
        drop(self.shutdown);
        tokio::time::timeout(DEADLINE, self.serving).await.unwrap().unwrap().unwrap();
    }

    /// Kills the server. Nothing is answered or written afterwards.
    pub(crate) async fn kill(self) {
        self.serving.abort();
        assert!(self.serving.await.unwrap_err().is_cancelled());
    }

    pub(crate) fn request(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Call {
        let mut request = Request::new(Full::from(body.to_owned()));
        *request.method_mut() = Method::from_bytes(method.as_bytes()).unwrap();
        *request.uri_mut() = format!("{}{path}", self.url).parse().unwrap();
        for (name, value) in headers {
            let name: HeaderName = name.parse().unwrap();
            request.headers_mut().append(name, value.parse().unwrap());
        }
        Call(request)
    }

    pub(crate) fn post(&self, path: &str, key: &str, body: &Value) -> Call {
        let headers = [("authorization", &*format!("Bearer {KEY}")), ("idempotency-key", key)];
        self.request("POST", path, &headers, &body.to_string())
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        let headers = [("authorization", &*format!("Bearer {KEY}"))];
        self.request("GET", path, &headers, "").send().await.unwrap()
    }

    pub(crate) async fn open_payment(&self) -> Value {
        let answer = self.post("/v1/payments", "open", &open_payment()).send().await.unwrap();
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.json()
    }

    pub(crate) async fn send_payout(&self, key: &str) -> Value {
        let answer = self.post("/v1/payouts", key, &send_payout()).send().await.unwrap();
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.json()
    }

    pub(crate) async fn fault(&self, on: &str, fault: &str) {
        let fault = json!({ "on": on, "do": fault, "times": 1 });
        assert_eq!(self.post("/_faults", "none", &fault).send().await.unwrap().status, 201);
    }

    pub(crate) async fn state(&self) -> Value {
        self.get("/_state").await.json()
    }

    /// Waits until the state meets this condition, and returns it.
    pub(crate) async fn state_when(&self, is_so: impl Fn(&Value) -> bool) -> Value {
        let start = Instant::now();
        loop {
            let state = self.state().await;
            if is_so(&state) {
                return state;
            }
            assert!(start.elapsed() < DEADLINE, "{state:#}");
            tokio::task::yield_now().await;
        }
    }
}

pub(crate) fn open_payment() -> Value {
    json!({ "amount": 1000, "currency": "INR", "reference": "order-1" })
}

pub(crate) fn send_payout() -> Value {
    json!({ "amount": 500, "currency": "INR", "reference": "order-2", "account": "1234567890" })
}

/// A request that is ready to be sent.
pub(crate) struct Call(Request<Full<Bytes>>);

impl Call {
    pub(crate) async fn send(self) -> Result<Answer, Error> {
        let client = Client::builder(TokioExecutor::new()).retry_canceled_requests(false).build_http();
        let answer = tokio::time::timeout(DEADLINE, client.request(self.0)).await.expect("an answer")?;
        let (head, body) = answer.into_parts();
        let body = body.collect().await.expect("a whole body").to_bytes();
        let body = String::from_utf8(body.to_vec()).expect("text");
        Ok(Answer { status: head.status.as_u16(), headers: head.headers, body })
    }
}
