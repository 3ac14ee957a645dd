//! Items whose time has passed go by themselves, as they do in the real DynamoDB.

#![cfg(test)]

use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType,
    TimeToLiveSpecification,
};
use aws_sdk_dynamodb::{Client, config};
use evens_engines::Engines;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::time::sleep;

const TABLE: &str = "things";

fn client(engines: &Engines) -> Client {
    let config = config::Builder::new()
        .behavior_version(config::BehaviorVersion::latest())
        .region(config::Region::new("us-east-1"))
        .credentials_provider(config::Credentials::new("test", "test", None, None, "test"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .endpoint_url(engines.dynamodb_url());
    Client::from_conf(config.build())
}

async fn create_table(client: &Client) {
    let key = KeySchemaElement::builder().attribute_name("name").key_type(KeyType::Hash).build();
    let name =
        AttributeDefinition::builder().attribute_name("name").attribute_type(ScalarAttributeType::S).build();
    let create = client.create_table().table_name(TABLE).billing_mode(BillingMode::PayPerRequest);
    let create = create.key_schema(key.unwrap()).attribute_definitions(name.unwrap());
    create.send().await.unwrap();
    let expiry = TimeToLiveSpecification::builder().attribute_name("expires_at").enabled(true).build();
    let update = client.update_time_to_live().table_name(TABLE);
    update.time_to_live_specification(expiry.unwrap()).send().await.unwrap();
}

async fn put(client: &Client, name: &str, expires_at: Option<u64>) {
    let put = client.put_item().table_name(TABLE).item("name", AttributeValue::S(name.to_owned()));
    let put = match expires_at {
        Some(seconds) => put.item("expires_at", AttributeValue::N(seconds.to_string())),
        None => put,
    };
    put.send().await.unwrap();
}

async fn names(client: &Client) -> Vec<String> {
    let found = client.scan().table_name(TABLE).send().await.unwrap();
    let names = found.items().iter().map(|item| item["name"].as_s().unwrap().clone());
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}

#[tokio::test]
async fn what_has_expired_goes_and_the_rest_stays() {
    let engines = Engines::start_with_expiry(None, Duration::from_millis(50)).await.unwrap();
    let client = client(&engines);
    create_table(&client).await;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    put(&client, "expired", Some(now - 60)).await;
    put(&client, "for ever", None).await;
    put(&client, "good", Some(now + 3_600)).await;
    let started = Instant::now();
    while names(&client).await != ["for ever", "good"] {
        assert!(started.elapsed() < Duration::from_secs(10), "{:?}", names(&client).await);
        sleep(Duration::from_millis(20)).await;
    }
    // An engine that waits for its next deletion does not keep anybody who stops it waiting.
    engines.stop().await;
}

#[tokio::test]
async fn engines_that_wait_for_an_hour_stop_at_once() {
    let engines = Engines::start(None).await.unwrap();
    let started = Instant::now();
    engines.stop().await;
    assert!(started.elapsed() < Duration::from_secs(10));
}
