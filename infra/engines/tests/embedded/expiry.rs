//! Expired items are deleted automatically, as in the real DynamoDB.

use crate::table::{self, TABLE};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, TimeToLiveSpecification};
use evens_engines::{Engines, Options};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::time::sleep;

async fn let_things_expire(client: &Client) {
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
async fn expired_items_are_deleted_and_others_stay() {
    let engines =
        Engines::start_with(Options { expiry_period: Duration::from_millis(50), ..Options::default() })
            .await
            .unwrap();
    let client = table::client(&engines);
    table::create(&client).await;
    let_things_expire(&client).await;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    put(&client, "expired", Some(now - 60)).await;
    put(&client, "for ever", None).await;
    put(&client, "good", Some(now + 3_600)).await;
    let started = Instant::now();
    while names(&client).await != ["for ever", "good"] {
        assert!(started.elapsed() < Duration::from_mins(1), "{:?}", names(&client).await);
        sleep(Duration::from_millis(20)).await;
    }
    // Engines that wait for their next deletion can be stopped without delay.
    engines.stop().await;
}

#[tokio::test]
async fn engines_that_wait_for_an_hour_stop_at_once() {
    let engines = Engines::start(None).await.unwrap();
    let started = Instant::now();
    engines.stop().await;
    assert!(started.elapsed() < Duration::from_secs(10));
}
