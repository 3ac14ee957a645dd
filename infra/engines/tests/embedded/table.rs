//! A test table whose items have a name, with a client.

use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType,
};
use aws_sdk_dynamodb::{Client, config};
use evens_engines::Engines;

pub(crate) const TABLE: &str = "things";

/// A client over a socket.
pub(crate) fn client(engines: &Engines) -> Client {
    client_with(engines, engines.access_key())
}

/// The same with another access key.
pub(crate) fn client_with(engines: &Engines, access_key: &str) -> Client {
    let config = config::Builder::new()
        .behavior_version(config::BehaviorVersion::latest())
        .region(config::Region::new("us-east-1"))
        .credentials_provider(config::Credentials::new(access_key, "any", None, None, "test"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .endpoint_url(engines.dynamodb_url());
    Client::from_conf(config.build())
}

pub(crate) async fn create(client: &Client) {
    let key = KeySchemaElement::builder().attribute_name("name").key_type(KeyType::Hash).build();
    let name =
        AttributeDefinition::builder().attribute_name("name").attribute_type(ScalarAttributeType::S).build();
    let create = client.create_table().table_name(TABLE).billing_mode(BillingMode::PayPerRequest);
    create.key_schema(key.unwrap()).attribute_definitions(name.unwrap()).send().await.unwrap();
}
