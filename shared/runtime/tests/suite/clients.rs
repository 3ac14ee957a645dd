//! Requests of the SDK clients.

use aws_sdk_dynamodb::config::retry::{RetryConfig, RetryMode};
use aws_sdk_dynamodb::types::{AttributeValue, Delete, TransactWriteItem};
use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use evens_runtime::{Clients, Endpoints};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpListener;

/// The requests sent to the engine: declared length and body.
type SentRequests = Arc<Mutex<Vec<(usize, String)>>>;

async fn engine() -> (String, SentRequests) {
    let sent = SentRequests::default();
    let answer = async |State(sent): State<SentRequests>, headers: HeaderMap, body: String| {
        let length = headers["content-length"].to_str().unwrap().parse().unwrap();
        sent.lock().unwrap().push((length, body));
        ([("content-type", "application/x-amz-json-1.0")], "{}")
    };
    let router = Router::new().fallback(answer).with_state(sent.clone());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, sent)
}

#[tokio::test]
async fn a_transaction_for_the_embedded_engine_carries_no_token() {
    let (url, sent) = engine().await;
    let endpoints = Endpoints { dynamodb: Some(url.clone()), sqs: Some(url), ..Endpoints::default() };
    let clients = Clients::connect(&endpoints).unwrap();
    let key =
        HashMap::from([("pk".to_owned(), AttributeValue::S("\"ClientRequestToken\":\"x\"".to_owned()))]);
    let delete = Delete::builder().table_name("table").set_key(Some(key)).build().unwrap();
    let item = TransactWriteItem::builder().delete(delete).build();
    clients.dynamodb.transact_write_items().transact_items(item).send().await.unwrap();

    let sent = sent.lock().unwrap();
    let [(length, body)] = sent.as_slice() else { panic!("{sent:?}") };
    assert_eq!(*length, body.len());
    let key = json!({ "pk": { "S": "\"ClientRequestToken\":\"x\"" } });
    let expected = json!({ "TransactItems": [{ "Delete": { "Key": key, "TableName": "table" } }] });
    assert_eq!(serde_json::from_str::<Value>(body).unwrap(), expected);
}

fn clients_of_nowhere() -> Clients {
    let nowhere = || Some("http://127.0.0.1:9".to_owned());
    let endpoints = Endpoints { dynamodb: nowhere(), sqs: nowhere(), ..Endpoints::default() };
    Clients::connect(&endpoints).unwrap()
}

/// B19, K11: a call to the table or a queue ends within 5 s, which leaves time for a second attempt.
#[test]
fn calls_end_within_five_seconds() {
    let clients = clients_of_nowhere();
    let of_table = clients.dynamodb.config().timeout_config().expect("time-outs");
    let of_queues = clients.sqs.config().timeout_config().expect("time-outs");
    for timeouts in [of_table, of_queues] {
        assert_eq!(timeouts.connect_timeout(), Some(Duration::from_secs(1)));
        assert_eq!(timeouts.operation_attempt_timeout(), Some(Duration::from_secs(2)));
        assert_eq!(timeouts.operation_timeout(), Some(Duration::from_secs(5)));
    }
}

/// L4: a call is sent at most three times, and throttled calls do not slow down the client's other calls.
#[test]
fn calls_are_sent_three_times_at_most() {
    let clients = clients_of_nowhere();
    let of_table = clients.dynamodb.config().retry_config().expect("retries");
    let of_queues = clients.sqs.config().retry_config().expect("retries");
    let actual = |retries: &RetryConfig| (retries.mode(), retries.max_attempts());
    assert_eq!([of_table, of_queues].map(actual), [(RetryMode::Standard, 3); 2]);
}
