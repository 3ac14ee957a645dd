//! [`Bank`]: the sandbox provider, which outlives the process and sends callbacks to its current address.
//!
//! Requests in both directions pass through a gate, where a payout can be stopped.

use crate::steps::{Step, Steps};
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use evens_sandbox_provider::{ApiKey, Callbacks, Settings, core, serve};
use evens_tests::Sandbox;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::watch;

const KEY: &str = "a-key-of-the-platform";
const SECRET: &str = "whsec_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";

/// Larger than any body that passes.
const BODY_MAX: usize = 1 << 20;

/// The sandbox provider with its gate.
pub(crate) struct Bank {
    pub(crate) sandbox: Sandbox,
    pub(crate) steps: Arc<Steps<Step>>,
    api: watch::Sender<Option<SocketAddr>>,
}

/// The gate in front of the provider, for both directions.
#[derive(Clone)]
struct Door {
    provider: SocketAddr,
    api: watch::Receiver<Option<SocketAddr>>,
    steps: Arc<Steps<Step>>,
    http: reqwest::Client,
}

impl Bank {
    pub(crate) async fn open() -> Self {
        let (api, address) = watch::channel(None);
        let [outside, inside] = [listen().await, listen().await];
        let [door, provider] = [&outside, &inside].map(|one| one.local_addr().expect("an address"));
        let steps = Arc::<Steps<Step>>::default();
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        let http = http.no_proxy().build().expect("a client");
        let state = Door { provider, api: address, steps: steps.clone(), http };
        let router = Router::new().route("/callback", post(pass_out)).fallback(pass_in).with_state(state);
        tokio::spawn(async move { axum::serve(outside, router).await });
        let callback = format!("http://{door}/callback");
        let signer = SECRET.parse().expect("a secret");
        let settings = Settings {
            rules: core::Settings::default(),
            key: ApiKey::new(KEY).expect("a key"),
            callbacks: Some(Callbacks::new(callback.parse().expect("a URL"), signer).expect("callbacks")),
            public_url: None,
            state_file: None,
        };
        tokio::spawn(async move { serve(inside, settings, std::future::pending()).await });
        let [provider, key, secret] = ["sandbox", KEY, SECRET].map(str::to_owned);
        Self { sandbox: Sandbox { provider, url: format!("http://{door}"), key, secret }, steps, api }
    }

    /// Updates the API address that callbacks go to.
    pub(crate) fn api_is_at(&self, api: SocketAddr) {
        self.api.send_replace(Some(api));
    }
}

async fn listen() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.expect("a port")
}

/// Forwards requests to the provider.
async fn pass_in(State(door): State<Door>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let is_payout = parts.method == Method::POST && parts.uri.path() == "/v1/payouts";
    if is_payout {
        door.steps.at(Step::Sending).await;
    }
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let body = to_bytes(body, BODY_MAX).await.expect("a body");
    let asked = door.http.request(parts.method, format!("http://{}{path}", door.provider));
    let Ok(answer) = asked.headers(parts.headers).body(body).send().await else {
        return StatusCode::BAD_GATEWAY.into_response();
    };
    if is_payout {
        door.steps.at(Step::Made).await;
    }
    let (status, headers) = (answer.status(), answer.headers().clone());
    let mut passed = Response::new(Body::from(answer.bytes().await.unwrap_or_default()));
    (*passed.status_mut(), *passed.headers_mut()) = (status, headers);
    if is_payout {
        door.steps.at(Step::Answered).await;
    }
    passed
}

/// Forwards callbacks of the provider. Without an API address it answers 503, so that the provider retries.
async fn pass_out(State(door): State<Door>, headers: HeaderMap, body: Bytes) -> StatusCode {
    door.steps.at(Step::CallingBack).await;
    let Some(api) = *door.api.borrow() else { return StatusCode::SERVICE_UNAVAILABLE };
    let request = door.http.post(format!("http://{api}/api/payments/callback/sandbox"));
    let said = headers.iter().filter(|(name, _)| name.as_str().starts_with("webhook-"));
    let request = said.fold(request, |request, (name, value)| request.header(name, value));
    let answer = request.header("content-type", "application/json").body(body).send().await;
    door.steps.at(Step::CalledBack).await;
    answer.map_or(StatusCode::SERVICE_UNAVAILABLE, |answer| answer.status())
}
