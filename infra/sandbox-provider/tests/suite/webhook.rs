//! Callbacks through a socket: their contents, and their repetition until the receiver accepts them.

use crate::common::server::{SECRET, SandboxServer, callbacks_to, settings};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

/// The received callbacks, and the statuses of the next answers. 200 when none is left.
#[derive(Clone, Default)]
struct Receiver {
    came: Arc<Mutex<Vec<(HeaderMap, Bytes)>>>,
    answers: Arc<Mutex<VecDeque<u16>>>,
}

impl Receiver {
    async fn start(answers: &[u16]) -> (Self, String) {
        let receiver =
            Self { answers: Arc::new(Mutex::new(answers.iter().copied().collect())), ..Self::default() };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/callback?of=sandbox", listener.local_addr().unwrap());
        let take = async |State(receiver): State<Self>, headers, body| receiver.take(headers, body);
        let router = Router::new().route("/callback", post(take)).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        (receiver, url)
    }

    fn take(&self, headers: HeaderMap, body: Bytes) -> StatusCode {
        self.came.lock().unwrap().push((headers, body));
        let answer = self.answers.lock().unwrap().pop_front().unwrap_or(200);
        StatusCode::from_u16(answer).unwrap()
    }

    /// Id, signature check, and type of each received callback.
    fn came(&self) -> Vec<(String, bool, String)> {
        let came = self.came.lock().unwrap();
        came.iter()
            .map(|(headers, body)| {
                let header = |name| headers[name].to_str().unwrap();
                let id = header("webhook-id").to_owned();
                let signed = [id.as_bytes(), header("webhook-timestamp").as_bytes(), body].join(&b'.');
                let secret = STANDARD.decode(&SECRET["whsec_".len()..]).unwrap();
                let signature = header("webhook-signature").strip_prefix("v1,").unwrap();
                let signature = STANDARD.decode(signature).unwrap();
                let key = hmac::Key::new(hmac::HMAC_SHA256, &secret);
                let is_right = hmac::verify(&key, &signed, &signature).is_ok();
                let body: serde_json::Value = serde_json::from_slice(body).unwrap();
                (id, is_right, body["type"].as_str().unwrap().to_owned())
            })
            .collect()
    }
}

async fn served(url: &str) -> SandboxServer {
    let mut settings = settings();
    settings.callbacks = Some(callbacks_to(url));
    SandboxServer::start(settings).await
}

#[tokio::test]
async fn a_callback_comes_again_until_it_is_taken() {
    let (receiver, url) = Receiver::start(&[500, 302, 404]).await;
    let served = served(&url).await;
    let payout = served.send_payout("k").await;
    let is_done = |state: &serde_json::Value| {
        state["payouts"][0]["status"] == "processed" && state["callbacks"].as_array().unwrap().is_empty()
    };
    served.state_when(is_done).await;
    let id = format!("{}-payout-processed", payout["id"].as_str().unwrap());
    assert_eq!(receiver.came(), vec![(id, true, "payout.processed".to_owned()); 4]);
    served.stop().await;
}

#[tokio::test]
async fn a_wrong_signature_is_followed_by_a_right_one() {
    let (receiver, url) = Receiver::start(&[401]).await;
    let served = served(&url).await;
    served.fault("callback", "wrong-signature").await;
    served.send_payout("k").await;
    served
        .state_when(|state| {
            state["payouts"][0]["status"] == "processed" && state["callbacks"] == serde_json::json!([])
        })
        .await;
    assert_eq!(receiver.came().iter().map(|(_, is_right, _)| *is_right).collect::<Vec<_>>(), [false, true]);
    served.stop().await;
}

/// More callbacks than are sent concurrently.
#[tokio::test]
async fn all_of_many_callbacks_come() {
    let (receiver, url) = Receiver::start(&[]).await;
    let served = served(&url).await;
    for number in 0..100 {
        served.send_payout(&number.to_string()).await;
    }
    let is_done = |state: &serde_json::Value| {
        state["movements"].as_array().unwrap().len() == 200
            && state["callbacks"].as_array().unwrap().is_empty()
    };
    served.state_when(is_done).await;
    let mut ids: Vec<_> = receiver.came().into_iter().map(|(id, ..)| id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 100);
    served.stop().await;
}

#[tokio::test]
async fn no_callback_is_sent_without_a_url() {
    let served = SandboxServer::start(settings()).await;
    served.send_payout("k").await;
    served
        .state_when(|state| {
            state["payouts"][0]["status"] == "processed" && state["callbacks"] == serde_json::json!([])
        })
        .await;
    served.stop().await;
}

#[test]
fn callback_urls_are_http_or_https() {
    #[rustfmt::skip]
    let table = [
        ("http://127.0.0.1:8080/callback", true),
        ("https://example.com/callback",   true),
        ("ftp://example.com/",             false),
        ("/callback",                      false),
    ];
    for (url, expected) in table {
        let callbacks = evens_sandbox_provider::Callbacks::new(url.parse().unwrap(), SECRET.parse().unwrap());
        assert_eq!(callbacks.is_ok(), expected, "{url}");
    }
}
