//! A table without sockets that answers the admission checks: accounts by script, and working counters. `evens-store`
//! tests real engines.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::http::{HttpRequest, HttpResponse};
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use evens_store::Store;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex};

/// The state of the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountState {
    /// No account exists.
    Nobody,
    Player,
    Operator,
    /// A blocked player.
    Blocked,
}

/// A table without sockets. Clones share their state.
#[derive(Clone)]
pub struct FakeTable {
    state: AccountState,
    counters: Arc<Mutex<HashMap<String, u64>>>,
    writes: Arc<Mutex<usize>>,
}

impl FakeTable {
    /// A table in which every user has this state.
    pub fn new(state: AccountState) -> Self {
        Self { state, counters: Arc::default(), writes: Arc::default() }
    }

    /// A store over the table.
    pub fn store(&self) -> Store {
        let fake = self.clone();
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new("test", "test", None, None, "test"))
            .retry_config(RetryConfig::standard().with_max_attempts(1))
            .http_client(http_client_fn(move |_, _| SharedHttpConnector::new(fake.clone())))
            .build();
        Store::new(Client::from_conf(config), "fake".to_owned())
    }

    /// The number of writes so far.
    pub fn writes(&self) -> usize {
        *self.writes.lock().unwrap()
    }

    fn answer(&self, operation: &str, input: &Value) -> Value {
        let partition = input["Key"]["pk"]["S"].as_str().unwrap_or_default().to_owned();
        match operation {
            "GetItem" => self.account(&partition).map_or_else(|| json!({}), |item| json!({ "Item": item })),
            "UpdateItem" => {
                let added = &input["ExpressionAttributeValues"][":count"]["N"];
                let added: u64 = added.as_str().unwrap().parse().unwrap();
                *self.writes.lock().unwrap() += 1;
                let mut counters = self.counters.lock().unwrap();
                let counter = counters.entry(partition).or_default();
                *counter += added;
                json!({ "Attributes": { "requests": { "N": counter.to_string() } } })
            }
            other => panic!("admission does not call {other}"),
        }
    }

    fn account(&self, partition: &str) -> Option<Value> {
        let user = partition.strip_prefix("ACCOUNT#")?;
        let role = if self.state == AccountState::Operator { "operator" } else { "player" };
        let text = |text: &str| json!({ "S": text });
        let number = |number: &str| json!({ "N": number });
        let mut item = json!({
            "pk": text(partition), "sk": text("ACCOUNT"), "kind": text("account"), "user": number(user),
            "phone": text("+919876543210"), "user_role": text(role), "vip_level": number("0"),
            "referral_code": text("00000001"), "direct_referral_count": number("0"),
            "registration": text("DONE"), "created_at": text("2030-01-01T00:00:00Z"),
        });
        if self.state == AccountState::Blocked {
            item["blocked"] = text("yes");
        }
        (self.state != AccountState::Nobody).then_some(item)
    }
}

impl fmt::Debug for FakeTable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "FakeTable({:?})", self.state)
    }
}

impl HttpConnector for FakeTable {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        let input = serde_json::from_slice(request.body().bytes().unwrap_or_default()).unwrap_or_default();
        let body = self.answer(&operation, &input).to_string();
        HttpConnectorFuture::ready(Ok(HttpResponse::new(200.try_into().unwrap(), body.into())))
    }
}
