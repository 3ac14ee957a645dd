//! The engines that the suite runs over. Each test gets a table of its own.

use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region, SharedHttpClient};
use aws_sdk_dynamodb::{Client, Config};
use evens_engines::Engines;
use evens_simulated_table::SharedTable;
use evens_store::{MigrateOutcome, Store, migrate};
use evens_table::Table;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// The variable with the address of another engine to test.
pub(crate) const ENDPOINT_VARIABLE: &str = "DYNAMODB_TEST_ENDPOINT_URL";

pub(crate) struct Engine {
    pub(crate) store: Store,
    pub(crate) client: Client,
    pub(crate) table: String,
    pub(crate) url: String,
    access_key: String,
    /// Stops when dropped.
    embedded: Option<Engines>,
}

impl Engine {
    /// A fresh table in an embedded engine of its own, called in-process without a socket. A test that inserts another
    /// HTTP client uses a socket.
    pub(crate) async fn embedded() -> Self {
        Self::of(Engines::start(None).await.expect("embedded engines")).await
    }

    /// Like [`Self::embedded`], but the store calls the engine without the SDK, as the `evens` binary does.
    pub(crate) async fn direct() -> Self {
        let engine = Self::embedded().await;
        let store = Store::over(engine.direct_table()).retry_for(Duration::from_mins(1));
        Self { store, ..engine }
    }

    /// The table of an embedded engine, without the SDK.
    pub(crate) fn direct_table(&self) -> Arc<dyn Table> {
        self.embedded.as_ref().expect("an embedded engine").table(&self.table)
    }

    /// Like [`Self::embedded`], with its data in a folder.
    pub(crate) async fn embedded_in(folder: &Path) -> Self {
        Self::of(Engines::start(Some(folder)).await.expect("embedded engines")).await
    }

    async fn of(engines: Engines) -> Self {
        let (url, access_key) = (engines.dynamodb_url(), engines.access_key().to_owned());
        let engine = Self::at(url, access_key, engines.http_client()).await;
        Self { embedded: Some(engines), ..engine }
    }

    /// A fresh table in the engine that the environment names.
    pub(crate) async fn named() -> Option<Self> {
        match named_url() {
            Some(url) => Some(Self::at(url, "test".to_owned(), plain_http()).await),
            None => None,
        }
    }

    /// A fresh table of the simulator, without faults. The store calls it by types, and [`Self::client`] through the
    /// SDK.
    pub(crate) fn simulated() -> Self {
        let (table, access_key) = (SharedTable::default(), "test".to_owned());
        let url = "http://table.simulated".to_owned();
        let client = client(&url, &access_key, SharedHttpClient::new(table.clone()), 1);
        let store = Store::over(table.by_types()).retry_for(Duration::from_mins(1));
        Self { store, client, table: new_table_name(), url, access_key, embedded: None }
    }

    async fn at(url: String, access_key: String, http: SharedHttpClient) -> Self {
        let (client, table) = (client(&url, &access_key, http, 3), new_table_name());
        let migrated = migrate(&client, &table).await.expect("a table");
        assert_eq!(migrated, MigrateOutcome::Created);
        let store = Store::new(client.clone(), table.clone()).retry_for(Duration::from_mins(1));
        Self { store, client, table, url, access_key, embedded: None }
    }

    /// The same table, through another HTTP client and without retries of the SDK.
    pub(crate) fn through(&self, http: SharedHttpClient) -> Store {
        self.through_with_attempts(http, 1)
    }

    /// The same table, through another HTTP client, with this number of attempts by the SDK.
    pub(crate) fn through_with_attempts(&self, http: SharedHttpClient, attempts: u32) -> Store {
        Store::new(client(&self.url, &self.access_key, http, attempts), self.table.clone())
    }

    /// A client of the engine through another HTTP client, for requests that the store does not make.
    pub(crate) fn client_through(&self, http: SharedHttpClient) -> Client {
        client(&self.url, &self.access_key, http, 1)
    }
}

fn named_url() -> Option<String> {
    std::env::var(ENDPOINT_VARIABLE).ok().filter(|url| !url.is_empty())
}

/// Prints once, outside the captured output of the tests, which engine the second half of the suite uses.
pub(crate) fn say_which_engine_is_named() {
    let line = match named_url() {
        Some(url) => format!("The store's suite also runs over {url}."),
        None => format!(
            "SKIPPED: the store's suite over a second engine, as {ENDPOINT_VARIABLE} is not set. To run it, start \
             DynamoDB Local as shared/store/tests/README.md says and set {ENDPOINT_VARIABLE}=http://127.0.0.1:8000."
        ),
    };
    writeln!(std::io::stderr(), "{line}").expect("standard error");
}

fn client(url: &str, access_key: &str, http: SharedHttpClient, attempts: u32) -> Client {
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(url)
        .region(Region::from_static("us-east-1"))
        .credentials_provider(Credentials::new(access_key, "any", None, None, "test"))
        .retry_config(RetryConfig::standard().with_max_attempts(attempts))
        .http_client(http)
        .build();
    Client::from_conf(config)
}

pub(crate) fn plain_http() -> SharedHttpClient {
    aws_smithy_http_client::Builder::new().build_http()
}

/// A name that no other test and no earlier run has used.
pub(crate) fn new_table_name() -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let since_start = std::time::SystemTime::UNIX_EPOCH.elapsed().expect("a time after 1970");
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    format!("evens-test-{}-{}-{number}", since_start.as_millis(), std::process::id())
}
