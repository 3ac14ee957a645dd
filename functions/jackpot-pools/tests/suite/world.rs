//! The function's routes over a table per test, with queues or without. A test can make every transaction lose its
//! race.

use aws_sdk_dynamodb::config::http::{HttpRequest, HttpResponse};
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, HttpClient, Region};
use aws_sdk_dynamodb::{Client, Config};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use evens_doubles::{FakeSqs, embedded};
use evens_engines::Engines;
use evens_http::serve_layers;
use evens_jackpots::{JackpotGroup, JackpotSettings, JackpotTerms, UpdateConfig};
use evens_ledger::{Amount, UserId};
use evens_metrics::Metrics;
use evens_players::{Account, ReferralCode, Registration, Role};
use evens_runtime::Settings;
use evens_runtime::tokens::TokenSigner;
use evens_store::{PasswordHash, SignUpOutcome, Store, migrate};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tower::ServiceExt;

const TABLE: &str = "evens-test";
const OPERATOR: u64 = 700;
pub(crate) const PLAYER: u64 = 701;

/// The context of a test. Dropping it stops the engines.
pub(crate) struct World {
    router: Router,
    store: Store,
    signer: TokenSigner,
    metrics: Metrics,
    queues: aws_sdk_sqs::Client,
    loses: Arc<AtomicBool>,
    _engines: Engines,
}

/// A parsed response.
pub(crate) struct HttpAnswer {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<String>,
    pub(crate) is_replay: bool,
    pub(crate) body: Value,
}

pub(crate) fn amount(text: &str) -> Amount {
    text.parse().expect("an amount")
}

impl World {
    /// Starts with an operator and a minor jackpot of 1,000.
    pub(crate) async fn start(has_queues: bool) -> Self {
        let engines = Engines::start(None).await.expect("engines");
        let loses = Arc::<AtomicBool>::default();
        let table = table(&engines, loses.clone());
        migrate(&table, TABLE).await.expect("a table");
        let store = Store::new(table, TABLE.to_owned());
        let (client, queues) = embedded::queues().await;
        let queues = if has_queues { queues } else { FakeSqs::new(|_, _, _| Err("InternalError")).queues() };
        let jackpots = JackpotSettings {
            retry_delay: Duration::from_millis(1),
            lock_timeout: Duration::from_millis(500),
            ..JackpotSettings::default()
        };
        let settings = Settings { jackpots, ..Settings::local() };
        let signer = evens_doubles::signer();
        let context = evens_doubles::context_of(store.clone(), queues, &signer, settings);
        let metrics = context.metrics.clone();
        let router = serve_layers(evens_jackpot_pools::router(), context);
        let world = Self { router, store, signer, metrics, queues: client, loses, _engines: engines };
        world.enrol(OPERATOR, Role::Operator).await;
        world.enrol(PLAYER, Role::Player).await;
        world.open_jackpot().await;
        world
    }

    async fn enrol(&self, number: u64, role: Role) {
        let user = UserId::new(number).expect("a user");
        let phone = format!("+919876543{number}").parse().expect("a number");
        let code = ReferralCode::from_random((number.to_be_bytes())[3..].try_into().expect("5 bytes"));
        let new = Account::register(user, phone, None, code, None, evens_doubles::now());
        let account = Account { role, registration: Registration::Done, ..new };
        let nobodys = PasswordHash::new("$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAA".to_owned());
        let signed_up = self.store.sign_up(&account, &nobodys).await;
        assert!(matches!(signed_up, Ok(SignUpOutcome::SignedUp)), "{signed_up:?}");
    }

    async fn open_jackpot(&self) {
        let rates = ["0.003", "0.001"].map(|rate| rate.parse().expect("a rate"));
        let (start, odds) = (amount("1000"), amount("1000000"));
        let terms = JackpotTerms::new(start, rates[0], rates[1], odds, None).expect("terms");
        let update = UpdateConfig { group: JackpotGroup::Minor, expected_version: 0, terms };
        evens_doubles::agree_on_terms(&self.store, &update, evens_doubles::now()).await;
    }

    /// From now on, whether every transaction fails with a conflict.
    pub(crate) fn lose_every_race(&self, loses: bool) {
        self.loses.store(loses, Ordering::Relaxed);
    }

    /// The metrics in Prometheus format.
    pub(crate) fn counted(&self) -> String {
        self.metrics.prometheus()
    }

    /// The operator contributes.
    pub(crate) async fn contribute(&self, body: &Value) -> HttpAnswer {
        self.post("/api/jackpots/contribute", body).await
    }

    /// The operator awards the minor jackpot.
    pub(crate) async fn award(&self, body: &Value) -> HttpAnswer {
        self.post("/api/jackpots/minor/win", body).await
    }

    async fn post(&self, path: &str, body: &Value) -> HttpAnswer {
        let token = evens_doubles::token(&self.signer, OPERATOR, Role::Operator);
        let request = Request::post(path)
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_string()))
            .expect("a request");
        let answer = self.router.clone().oneshot(request).await.expect("an answer");
        let of = |name: &str| {
            let value = answer.headers().get(name)?;
            value.to_str().ok().map(str::to_owned)
        };
        let (status, retry_after) = (answer.status().as_u16(), of("retry-after"));
        let is_replay = of("idempotency-replayed").is_some();
        let body = answer.into_body().collect().await.expect("a body").to_bytes();
        HttpAnswer { status, retry_after, is_replay, body: serde_json::from_slice(&body).expect("JSON") }
    }

    /// The public state of the jackpots, and the `Cache-Control` of the answer.
    pub(crate) async fn look(&self) -> (Value, String) {
        let request = Request::get("/api/jackpots").body(Body::empty()).expect("a request");
        let answer = self.router.clone().oneshot(request).await.expect("an answer");
        let kept = answer.headers()[header::CACHE_CONTROL].to_str().expect("a text").to_owned();
        let body = answer.into_body().collect().await.expect("a body").to_bytes();
        (serde_json::from_slice(&body).expect("JSON"), kept)
    }

    /// The bodies of the jobs in the queue `jackpots`.
    pub(crate) async fn jobs(&self) -> Vec<Value> {
        let jobs = embedded::bodies(&self.queues, "evens-local-jackpots.fifo").await;
        jobs.iter().map(|job| json!({ "type": job["type"], "data": job["data"] })).collect()
    }

    /// The amount of the minor jackpot that can be won.
    pub(crate) async fn held(&self) -> Amount {
        let totals = self.store.load_jackpot_totals().await.expect("the table");
        totals.minor.expect("it is open").amount
    }
}

/// A client of the engines' table without SDK retries.
fn table(engines: &Engines, loses: Arc<AtomicBool>) -> Client {
    let real = engines.http_client();
    let http = http_client_fn(move |settings, components| {
        SharedHttpConnector::new(RacingTable {
            loses: loses.clone(),
            real: real.http_connector(settings, components),
        })
    });
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("local"))
        .endpoint_url(engines.dynamodb_url())
        .http_client(http)
        .retry_config(RetryConfig::standard().with_max_attempts(1))
        .credentials_provider(Credentials::new(engines.access_key(), "any", None, None, "test"));
    Client::from_conf(config.build())
}

#[derive(Debug)]
struct RacingTable {
    loses: Arc<AtomicBool>,
    real: SharedHttpConnector,
}

impl HttpConnector for RacingTable {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        if !(self.loses.load(Ordering::Relaxed) && target.ends_with(".TransactWriteItems")) {
            return self.real.call(request);
        }
        let lost = json!({
            "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
            "Message": "as the test wants it",
            "CancellationReasons": [{ "Code": "TransactionConflict" }, { "Code": "None" }],
        });
        let answer = HttpResponse::new(400.try_into().expect("a status"), lost.to_string().into());
        HttpConnectorFuture::ready(Ok(answer))
    }
}
