//! A local fake of Razorpay with scripted answers, which records the calls.

use crate::common::name;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use evens_providers::{Razorpay, RazorpaySettings};
use futures::stream;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

pub(crate) const KEY_ID: &str = "rzp_test_0123456789abcd";
pub(crate) const KEY_SECRET: &str = "key-secret-0123456789";
pub(crate) const SECRET: &str = "razorpay-secret-0123456789";
pub(crate) const SOURCE: &str = "7878780080316316";

/// The answer to a call.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    Json(Value),
    Failure(u16, Value),
    Text(u16, &'static str),
    /// Sends the head and a part of the body, then breaks the connection.
    Cut,
    Never,
}

/// A received call.
#[derive(Debug, Clone)]
pub(crate) struct RecordedRequest {
    /// Method, path and query.
    pub(crate) what: String,
    pub(crate) authorization: String,
    /// The value of the idempotency key header, if there is one.
    pub(crate) key: Option<String>,
    pub(crate) body: Value,
}

/// Runs until it is dropped.
pub(crate) struct ScriptedServer {
    url: String,
    script: Arc<Script>,
}

#[derive(Default)]
struct Script {
    answers: Mutex<VecDeque<Answer>>,
    asked: Mutex<Vec<RecordedRequest>>,
}

impl ScriptedServer {
    /// Answers in this order. Surplus calls get an error that no test expects.
    pub(crate) async fn start(answers: impl IntoIterator<Item = Answer>) -> Self {
        let script = Script { answers: Mutex::new(answers.into_iter().collect()), ..Script::default() };
        let script = Arc::new(script);
        let router = Router::new().fallback(answer).with_state(Arc::clone(&script));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, script }
    }

    pub(crate) fn provider(&self) -> Razorpay {
        Razorpay::new(settings(&self.url)).unwrap()
    }

    /// All received calls, as method, path and query.
    pub(crate) fn asked_what(&self) -> Vec<String> {
        self.asked().into_iter().map(|asked| asked.what).collect()
    }

    pub(crate) fn asked(&self) -> Vec<RecordedRequest> {
        self.script.asked.lock().unwrap().clone()
    }
}

/// Settings for the fake at that address.
pub(crate) fn settings(url: &str) -> RazorpaySettings {
    RazorpaySettings {
        name: name("razorpay"),
        endpoint: url.parse().unwrap(),
        key_id: KEY_ID.parse().unwrap(),
        key_secret: KEY_SECRET.parse().unwrap(),
        secrets: SECRET.parse().unwrap(),
        source: SOURCE.parse().unwrap(),
        shop: "Evens".to_owned(),
        return_to: "https://evens.example/paid".parse().unwrap(),
        takes_deposits: true,
    }
}

/// An adapter whose provider is never called.
pub(crate) fn uncalled() -> Razorpay {
    Razorpay::new(settings("http://127.0.0.1:1/v1")).unwrap()
}

/// A refusal as documented by Razorpay.
pub(crate) fn refusal(code: &str, reason: &str) -> Value {
    json!({ "error": {
        "code": code, "description": "What a person reads", "source": "business", "step": null, "reason": reason,
        "metadata": {}, "field": "amount",
    }})
}

pub(crate) fn collection(items: &[Value]) -> Answer {
    Answer::Json(json!({ "entity": "collection", "count": items.len(), "items": items }))
}

async fn answer(State(script): State<Arc<Script>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body: Bytes = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let header = |name: &str| head.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    script.asked.lock().unwrap().push(RecordedRequest {
        what: format!("{} {}", head.method, head.uri),
        authorization: header("authorization").unwrap_or_default(),
        key: header("x-payout-idempotency").or(header("x-refund-idempotency")),
        body: serde_json::from_slice(&body).unwrap_or_default(),
    });
    let answer = script.answers.lock().unwrap().pop_front().unwrap_or(Answer::Text(418, "not in the script"));
    let (status, body) = match answer {
        Answer::Json(value) => (200, Body::from(value.to_string())),
        Answer::Failure(status, value) => (status, Body::from(value.to_string())),
        Answer::Text(status, text) => (status, Body::from(text)),
        Answer::Cut => {
            let pieces = [Ok(Bytes::from_static(b"{\"id\":")), Err(io::Error::other("cut"))];
            (200, Body::from_stream(stream::iter(pieces)))
        }
        Answer::Never => std::future::pending().await,
    };
    Response::builder().status(status).body(body).unwrap()
}
