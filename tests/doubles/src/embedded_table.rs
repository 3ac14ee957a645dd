//! [`EmbeddedTable`]: a real table, in memory, for one test.

use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_dynamodb::{Client, Config};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use evens_engines::Engines;
use evens_runtime::{Context, Settings};
use evens_store::{Store, migrate};

/// A table of a test's own. It ends with this.
pub struct EmbeddedTable {
    client: Client,
    _engines: Engines,
}

impl EmbeddedTable {
    /// What it is called.
    pub const NAME: &str = "evens-test";

    /// A new one, with nothing in it.
    pub async fn start() -> Self {
        Self::through(|http| http).await
    }

    /// The same, asked through whatever is put in front of it.
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

    /// Who asks it.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The store over it.
    pub fn store(&self) -> Store {
        Store::new(self.client.clone(), Self::NAME.to_owned())
    }

    /// A context over it, with queues of its own.
    pub async fn context(&self, settings: Settings) -> Context {
        let (_, queues) = crate::embedded::queues().await;
        crate::context_of(self.store(), queues, &crate::signer(), settings)
    }
}
