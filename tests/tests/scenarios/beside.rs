//! [`Beside`]: some functions, served once more beside the process, over the same table and queues.

use axum::Router;
use evens_credentials::{CredentialSettings, Credentials, Sessions};
use evens_runtime::tokens::{TokenSigner, TokenVerifier};
use evens_runtime::{Clock, Context, Rates, Settings, Stage};
use evens_tests::{Answer, Client, Request, Scenario};
use std::net::SocketAddr;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A host of its own: with its own clock, and its own leases of everybody's budgets. Dropped, it ends.
pub(crate) struct Beside {
    address: SocketAddr,
    client: Client,
    server: JoinHandle<std::io::Result<()>>,
}

impl Beside {
    /// Logs in and signs up at the time of that clock.
    pub(crate) async fn login(scenario: &Scenario, clock: Clock) -> Self {
        let signer = signer(scenario);
        let cheap = |name: &str| (name == "EVENS_ARGON2").then(|| "m=8,t=1,p=1".to_owned());
        let settings = CredentialSettings::from_lookup(Stage::Local, cheap).unwrap();
        let credentials = Credentials::new(signer, &settings).unwrap();
        let context = scenario.context();
        let rates = Rates::new(context.settings.rate_limits.clone(), evens_metrics::Metrics::default());
        let context = Context { clock, rates, ..context.clone() };
        let routes = Router::new()
            .merge(evens_login::router(credentials.clone()))
            .merge(evens_register::router(credentials));
        Self::serve(scenario, evens_http::serve_layers(routes, context)).await
    }

    /// Places bets.
    pub(crate) async fn place_bet(scenario: &Scenario) -> Self {
        let (context, keys) = (scenario.context(), vec![scenario.signer().public_key()]);
        let Settings { token_issuer, token_audience, .. } = &*context.settings;
        let tokens = TokenVerifier::new(keys, token_issuer.clone(), token_audience.clone());
        let context = Context { tokens, ..context.clone() };
        Self::serve(scenario, evens_http::serve_layers(evens_place_bet::router(), context)).await
    }

    async fn serve(scenario: &Scenario, routes: Router) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let service = routes.into_make_service_with_connect_info::<SocketAddr>();
        let server = tokio::spawn(async move { axum::serve(listener, service).await });
        Self { address, client: scenario.nobody().at(address), server }
    }

    /// The same client, of this host.
    pub(crate) fn client(&self, client: &Client) -> Client {
        client.at(self.address)
    }

    /// Sends a request to this host.
    pub(crate) async fn send(&self, request: Request) -> Answer {
        self.client.send(request).await
    }
}

/// The signer of the process's tokens.
fn signer(scenario: &Scenario) -> TokenSigner {
    let key = std::fs::read(scenario.folder().join("data/token-signing-key.pkcs8")).unwrap();
    TokenSigner::from_pkcs8("local", &key, "evens-local", "evens-api-local").unwrap()
}

/// What opens sessions, without what asks for the password.
pub(crate) fn sessions(scenario: &Scenario) -> Sessions {
    Sessions::new(signer(scenario))
}

impl Drop for Beside {
    fn drop(&mut self) {
        self.server.abort();
    }
}
