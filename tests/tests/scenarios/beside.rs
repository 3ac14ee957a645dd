//! [`Beside`]: a second host for some functions, over the same table and queues.

use axum::Router;
use evens_credentials::{CredentialSettings, Credentials, Sessions};
use evens_queues::{QueueUrls, Queues};
use evens_runtime::tokens::{TokenSigner, TokenVerifier};
use evens_runtime::{Clock, Context, Entropy, NoRandomness, Rates, Settings, Stage};
use evens_tests::{Answer, Client, Request, Scenario};
use std::net::SocketAddr;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A host with its own clock and its own leases of rate limits. It stops on drop.
pub(crate) struct Beside {
    address: SocketAddr,
    client: Client,
    server: JoinHandle<std::io::Result<()>>,
}

impl Beside {
    /// Serves login and sign-up with this clock.
    pub(crate) async fn login(scenario: &Scenario, clock: Clock) -> Self {
        Self::login_in(scenario, Context { clock, ..scenario.context().clone() }).await
    }

    /// Serves login and sign-up without reachable queues.
    pub(crate) async fn login_without_queues(scenario: &Scenario) -> Self {
        let nowhere = QueueUrls::from_prefix("http://127.0.0.1:1/000000000000/evens-nowhere-");
        let queues = Queues::new(scenario.sqs().clone(), nowhere);
        let context = scenario.context();
        Self::login_in(scenario, Context { queues, tokens: verifier(scenario), ..context.clone() }).await
    }

    async fn login_in(scenario: &Scenario, context: Context) -> Self {
        let signer = signer(scenario);
        let cheap = |name: &str| (name == "EVENS_ARGON2").then(|| "m=8,t=1,p=1".to_owned());
        let settings = CredentialSettings::from_lookup(Stage::Local, cheap).unwrap();
        let credentials = Credentials::new(signer, &settings).unwrap();
        let rates = Rates::new(context.settings.rate_limits.clone(), evens_metrics::Metrics::default());
        let context = Context { rates, ..context };
        let routes = Router::new()
            .merge(evens_login::router(credentials.clone()))
            .merge(evens_register::router(credentials));
        Self::serve(scenario, evens_http::serve_layers(routes, context)).await
    }

    /// Serves bet placement.
    pub(crate) async fn place_bet(scenario: &Scenario) -> Self {
        let context = Context { tokens: verifier(scenario), ..scenario.context().clone() };
        let routes = evens_place_bet::router(
            evens_exclusion_register::Exclusions::default(),
            evens_place_bet::RoundOpener::Bets,
        );
        Self::serve(scenario, evens_http::serve_layers(routes, context)).await
    }

    /// Serves rounds, without a source of random numbers for their secrets.
    pub(crate) async fn rounds_without_secrets(scenario: &Scenario) -> Self {
        let entropy = Entropy::from_fn(|_| Err(NoRandomness));
        let context = Context { entropy, tokens: verifier(scenario), ..scenario.context().clone() };
        Self::serve(scenario, evens_http::serve_layers(evens_operate_rounds::router(), context)).await
    }

    async fn serve(scenario: &Scenario, routes: Router) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let service = routes.into_make_service_with_connect_info::<SocketAddr>();
        let server = tokio::spawn(async move { axum::serve(listener, service).await });
        Self { address, client: scenario.visitor().at(address), server }
    }

    /// The same client, connected to this host.
    pub(crate) fn client(&self, client: &Client) -> Client {
        client.at(self.address)
    }

    pub(crate) async fn send(&self, request: Request) -> Answer {
        self.client.send(request).await
    }
}

fn signer(scenario: &Scenario) -> TokenSigner {
    let key = std::fs::read(scenario.folder().join("data/token-signing-key.pkcs8")).unwrap();
    TokenSigner::from_pkcs8("local", &key, "evens-local", "evens-api-local").unwrap()
}

fn verifier(scenario: &Scenario) -> TokenVerifier {
    let Settings { token_issuer, token_audience, .. } = &*scenario.context().settings;
    let keys = vec![scenario.signer().public_key()];
    TokenVerifier::new(keys, token_issuer.clone(), token_audience.clone())
}

/// Opens sessions without checking a password.
pub(crate) fn sessions(scenario: &Scenario) -> Sessions {
    Sessions::new(signer(scenario))
}

impl Drop for Beside {
    fn drop(&mut self) {
        self.server.abort();
    }
}
