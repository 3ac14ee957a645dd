//! [`EmbeddedTable`]: a real in-memory table for one test.

use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_dynamodb::{Client, Config};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use evens_engines::Engines;
use evens_runtime::{Context, Settings};
use evens_store::{Store, migrate};

/// A table for one test. It is removed on drop.
pub struct EmbeddedTable {
    client: Client,
    _engines: Engines,
}

impl EmbeddedTable {
    pub const NAME: &str = "evens-test";

    /// Starts an engine with an empty table.
    pub async fn start() -> Self {
        Self::through(|http| http).await
    }

    /// The same with an HTTP client wrapped in `in_front`.
    pub async fn through(in_front: impl FnOnce(SharedHttpClient) -> SharedHttpClient) -> Self {
        let engines = Engines::start(None).await.unwrap();
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("local"))
            .endpoint_url(engines.dynamodb_url())
            .http_client(in_front(engines.http_client()))
            .credentials_provider(Credentials::new(engines.access_key(), "any", None, None, "test"));
        let client = Client::from_conf(config.build());
        migrate(&client, Self::NAME).await.unwrap();
        Self { client, _engines: engines }
    }

    pub fn client(&self) -> &Client {
        &self.client
    }

    pub fn store(&self) -> Store {
        Store::new(self.client.clone(), Self::NAME.to_owned())
    }

    /// A context over this table, with its own queues.
    pub async fn context(&self, settings: Settings) -> Context {
        let (_, queues) = crate::embedded::queues().await;
        crate::context_of(self.store(), queues, &crate::signer(), settings)
    }
}
