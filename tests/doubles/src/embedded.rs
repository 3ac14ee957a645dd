//! A real in-memory SQS server for one test.

use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::{BehaviorVersion, Credentials, Region};
use embedded_sqs::{Options, Server};
use evens_engines::DirectQueues;
use evens_queues::{Queues, create_queues};
use std::sync::Arc;
use tokio::net::TcpListener;

/// A client of a server that lives as long as the test.
pub async fn client() -> Client {
    both_clients().await.0
}

/// A client of the SDK and one by types, of the same server.
async fn both_clients() -> (Client, embedded_sqs::Client) {
    let server = Server::open(Options::default()).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let by_types = server.client();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(server.serve(listener, std::future::pending()));
    let http_client = aws_smithy_http_client::Builder::new().build_http();
    let config = aws_sdk_sqs::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .endpoint_url(endpoint)
        .http_client(http_client)
        .build();
    (Client::from_conf(config), by_types)
}

/// Creates the queues of the stage `local`.
pub async fn queues() -> (Client, Queues) {
    let client = client().await;
    let queues = queues_of(&client).await;
    (client, queues)
}

async fn queues_of(client: &Client) -> Queues {
    create_queues(client, "local").await.unwrap();
    Queues::resolve(client.clone(), "local").await.unwrap()
}

/// The same queues of two servers: one is called through the SDK, the other one by types.
pub async fn queues_each_way() -> [Queues; 2] {
    let (_, by_sdk) = queues().await;
    let (client, by_types) = both_clients().await;
    let queues = queues_of(&client).await;
    [by_sdk, queues.through(Arc::new(DirectQueues::new(by_types)))]
}

/// The bodies in a queue, received once.
pub async fn bodies(client: &Client, queue_name: &str) -> Vec<serde_json::Value> {
    let url = client.get_queue_url().queue_name(queue_name).send().await.unwrap();
    let received = client
        .receive_message()
        .queue_url(url.queue_url.unwrap())
        .max_number_of_messages(10)
        .send()
        .await
        .unwrap();
    let messages = received.messages.unwrap_or_default();
    let body = |message: aws_sdk_sqs::types::Message| serde_json::from_str(&message.body.unwrap()).unwrap();
    messages.into_iter().map(body).collect()
}
