//! [`Bank`]: the sandbox provider, which outlives the process, and calls it back wherever it is.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use evens_sandbox_provider::{ApiKey, Callbacks, Settings, core, serve};
use evens_tests::Sandbox;
use std::net::SocketAddr;
use tokio::net::TcpListener;
use tokio::sync::watch;

const KEY: &str = "a-key-of-the-platform";
const SECRET: &str = "whsec_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";

/// The sandbox provider, and where it calls back.
pub(crate) struct Bank {
    pub(crate) sandbox: Sandbox,
    api: watch::Sender<Option<SocketAddr>>,
}

impl Bank {
    pub(crate) async fn open() -> Self {
        let (api, address) = watch::channel(None);
        let relay = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let callback = format!("http://{}/callback", relay.local_addr().expect("an address"));
        let router = Router::new().route("/callback", post(pass_on)).with_state(address);
        tokio::spawn(async move { axum::serve(relay, router).await });
        let signer = SECRET.parse().expect("a secret");
        let settings = Settings {
            rules: core::Settings::default(),
            key: ApiKey::new(KEY).expect("a key"),
            callbacks: Some(Callbacks::new(callback.parse().expect("a URL"), signer).expect("callbacks")),
            public_url: None,
            state_file: None,
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move { serve(listener, settings, std::future::pending()).await });
        let [provider, key, secret] = ["sandbox", KEY, SECRET].map(str::to_owned);
        Self { sandbox: Sandbox { provider, url, key, secret }, api }
    }

    /// Tells the provider where the API is now.
    pub(crate) fn api_is_at(&self, api: SocketAddr) {
        self.api.send_replace(Some(api));
    }
}

/// Where nobody is, it says so, and the provider calls again.
async fn pass_on(
    State(api): State<watch::Receiver<Option<SocketAddr>>>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let Some(api) = *api.borrow() else { return StatusCode::SERVICE_UNAVAILABLE };
    let request = reqwest::Client::new().post(format!("http://{api}/api/payments/callback/sandbox"));
    let said = headers.iter().filter(|(name, _)| name.as_str().starts_with("webhook-"));
    let request = said.fold(request, |request, (name, value)| request.header(name, value));
    let answer = request.header("content-type", "application/json").body(body).send().await;
    answer.map_or(StatusCode::SERVICE_UNAVAILABLE, |answer| answer.status())
}
