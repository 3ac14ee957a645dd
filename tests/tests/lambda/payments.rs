//! Deposits on Lambda, beside the sandbox provider. Its callbacks arrive as the gateway passes them on.

use crate::function::Function;
use crate::{Platform, body, request, work_all};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use evens_contracts::{CheckPaymentJob, Queue};
use evens_ledger::UserId;
use evens_payments::{DepositState, OrderId};
use evens_queues::OutgoingJob;
use evens_runtime::settings_table::{self, Setting};
use evens_sandbox_provider::{ApiKey, Callbacks, Settings, core, serve};
use evens_tests::Sandbox;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::time::timeout;

const ROUTE: &str = "POST /api/payments/callback/sandbox";
pub(crate) const USER: u64 = 7;

/// A request that the provider posted.
pub(crate) struct Posted {
    headers: Value,
    body: Bytes,
}

impl Posted {
    /// The gateway's event: it passes some content types as text and encodes all others as base64.
    pub(crate) fn event(&self, is_encoded: bool) -> Value {
        let mut event = request(ROUTE, &self.headers, &Value::Null);
        let text = || str::from_utf8(&self.body).unwrap().to_owned();
        let body = if is_encoded { BASE64_STANDARD.encode(&self.body) } else { text() };
        (event["body"], event["isBase64Encoded"]) = (body.into(), is_encoded.into());
        event
    }
}

/// The sandbox provider and the requests it posted.
pub(crate) struct Provider {
    pub(crate) sandbox: Sandbox,
    posted: mpsc::UnboundedReceiver<Posted>,
}

impl Provider {
    pub(crate) async fn start() -> Self {
        let (posting, posted) = mpsc::unbounded_channel();
        let inbox = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let callback = format!("http://{}/callback", inbox.local_addr().unwrap());
        let router = Router::new().route("/callback", post(take)).with_state(posting);
        tokio::spawn(async move { axum::serve(inbox, router).await });

        let (key, secret) =
            ("a-key-of-the-platform".to_owned(), format!("whsec_{}", BASE64_STANDARD.encode([7; 32])));
        let callbacks = Callbacks::new(callback.parse().unwrap(), secret.parse().unwrap()).unwrap();
        let settings = Settings {
            rules: core::Settings::default(),
            key: ApiKey::new(&key).unwrap(),
            callbacks: Some(callbacks),
            public_url: None,
            state_file: None,
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { serve(listener, settings, std::future::pending()).await });
        Self { sandbox: Sandbox { provider: "sandbox".to_owned(), url, key, secret }, posted }
    }

    /// The environment of payment functions for this provider.
    pub(crate) fn variables(&self) -> [(&'static str, String); 1] {
        [("EVENS_PAYMENT_PROVIDER", self.sandbox.variable())]
    }

    pub(crate) async fn next_posted(&mut self) -> Posted {
        let posted = timeout(Duration::from_mins(2), self.posted.recv()).await;
        posted.expect("a callback in time").expect("a callback")
    }
}

async fn take(
    State(posting): State<mpsc::UnboundedSender<Posted>>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let headers = headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().into()));
    // Sending fails only after the test has ended.
    let _ = posting.send(Posted { headers: Value::Object(headers.collect()), body });
    StatusCode::OK
}

/// Opens a deposit through its function. Returns its id and payment URL.
async fn open(depositing: &mut Function, token: &str, key: &str) -> (OrderId, String) {
    let headers = json!({
        "authorization": format!("Bearer {token}"), "content-type": "application/json", "idempotency-key": key,
    });
    let answer = depositing.invoke(&request("POST /api/deposits", &headers, &json!({ "amount": 40 }))).await;
    assert_eq!(answer["statusCode"], 201, "{answer}");
    let data = body(&answer)["data"].clone();
    (data["orderId"].as_str().unwrap().parse().unwrap(), data["checkout"]["url"].as_str().unwrap().to_owned())
}

async fn expect_credited(platform: &Platform, order: OrderId, balance: &str) {
    let found = platform.store.load_deposit(order).await.unwrap().unwrap();
    assert_eq!(found.state, DepositState::Completed);
    let wallet = platform.store.load_wallet(UserId::new(USER).unwrap()).await.unwrap();
    assert_eq!(wallet.balance.to_string(), balance);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deposit_is_opened_called_back_and_credited_by_functions() {
    let (platform, mut provider) = (Platform::start().await, Provider::start().await);
    // The player starts with 100.
    let token = platform.token_of_funded(USER).await;
    let mut depositing = platform.function_with("deposits", &provider.variables()).await;
    let (order, pay_url) = open(&mut depositing, &token, "one").await;
    provider.sandbox.press(&pay_url, "pay").await;
    let posted = provider.next_posted().await;

    let mut taking = platform.function_with("payment-callbacks", &provider.variables()).await;
    let mut forged = posted.event(true);
    let body = [&posted.body[..], b" "].concat();
    forged["body"] = BASE64_STANDARD.encode(body).into();
    let mut unsaid = posted.event(true);
    unsaid["isBase64Encoded"] = false.into();
    let mut foreign = posted.event(true);
    foreign["rawPath"] = "/api/payments/callback/other".into();
    #[rustfmt::skip]
    let table = [
        ("of a provider that is not known",  foreign,             404),
        ("of another body",                  forged,              401),
        ("of what is not decoded",           unsaid,              401),
        ("as it was signed",                 posted.event(true),  200),
        ("the same as text",                 posted.event(false), 200),
    ];
    for (what, event, expected) in table {
        let answer = taking.invoke(&event).await;
        assert_eq!(answer["statusCode"], expected, "{what}: {answer}");
    }

    let mut following = platform.function_with("follow-payments", &provider.variables()).await;
    let messages = work_all(&platform, Queue::Payments, &mut following).await;
    let [message] = &messages[..] else { panic!("{messages:?}: a callback that comes twice is one job") };
    assert_eq!(message.group, order.to_string());
    expect_credited(&platform, order, "140").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deposit_without_a_callback_is_found_by_asking() {
    let (platform, provider) = (Platform::start().await, Provider::start().await);
    let token = platform.token_of_funded(USER).await;
    let mut depositing = platform.function_with("deposits", &provider.variables()).await;
    let (order, pay_url) = open(&mut depositing, &token, "one").await;
    provider.sandbox.press(&pay_url, "pay").await;

    platform.queues.send(vec![OutgoingJob::of(CheckPaymentJob { order_id: order })]).await.unwrap();
    let mut following = platform.function_with("follow-payments", &provider.variables()).await;
    work_all(&platform, Queue::Payments, &mut following).await;
    expect_credited(&platform, order, "140").await;
}

/// If functions have no provider configured, deposits and callbacks are refused.
#[tokio::test(flavor = "multi_thread")]
async fn without_a_provider_deposits_are_off() {
    let platform = Platform::start().await;
    let token = platform.token_of_funded(USER).await;
    let headers = json!({ "authorization": format!("Bearer {token}"), "content-type": "application/json" });
    let mut depositing = platform.function("deposits").await;
    let answer = depositing.invoke(&request("POST /api/deposits", &headers, &json!({ "amount": 40 }))).await;
    assert_eq!((&answer["statusCode"], &body(&answer)["code"]), (&503.into(), &"switched-off".into()));
    let mut taking = platform.function("payment-callbacks").await;
    assert_eq!(taking.invoke(&request(ROUTE, &headers, &json!({}))).await["statusCode"], 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_function_of_payments_starts_in_prod_with_the_sandbox() {
    let (platform, provider) = (Platform::start().await, Provider::start().await);
    let settings = settings_table::all().filter_map(Setting::plain_variable);
    let settings = settings.filter(|name| *name != settings_table::PUBLIC_KEYS);
    let mut said: Vec<_> = settings.map(|name| (name, String::new())).collect();
    said.extend([
        ("EVENS_STAGE", "prod".to_owned()),
        ("EVENS_TABLE", "evens-local".to_owned()),
        ("EVENS_QUEUE_URL_PREFIX", format!("{}/evens-local-", platform.engines.sqs_url())),
    ]);
    said.extend(provider.variables());
    for name in
        ["deposits", "withdrawals", "send-payouts", "payment-callbacks", "follow-payments", "reconcile"]
    {
        let stderr = Function::start_error(name, &platform.variables(&said)).await;
        assert!(stderr.contains("it is the sandbox, which is not allowed in prod"), "{name}: {stderr}");
        let tells =
            [&provider.sandbox.key, &provider.sandbox.secret].into_iter().any(|one| stderr.contains(one));
        assert!(!tells, "{name} tells what is secret");
    }
}
