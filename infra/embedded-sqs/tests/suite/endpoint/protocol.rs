//! The wire format of the embedded server, which the SDK would hide.

use std::time::{Duration, Instant};

use aws_sdk_sqs::{
    error::ProvideErrorMetadata,
    types::{
        MessageAttributeValue, MessageSystemAttributeName, QueueAttributeName, SendMessageBatchRequestEntry,
    },
};
use embedded_sqs::{Access, Options};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::sleep,
};

use crate::endpoint::{
    client::{Endpoint, bodies, handle, system_attribute},
    server::{RunningServer, embedded},
};

/// Sends a request and returns the raw answer.
async fn exchange(url: &str, method: &str, target: &str, body: &str) -> String {
    exchange_with(url, method, &[("host", "queues.example:7"), ("x-amz-target", target)], body).await
}

/// The same with these headers, plus those that delimit body and connection.
pub(crate) async fn exchange_with(url: &str, method: &str, headers: &[(&str, &str)], body: &str) -> String {
    let address = url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).await.expect("the server listens");
    let headers = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n"));
    let headers = headers.collect::<Vec<_>>().concat();
    let length = body.len();
    let request = format!(
        "{method} /any/path HTTP/1.1\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.expect("the server reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("the server answers");
    answer
}

/// A server that accepts other host names.
fn open_access() -> Options {
    Options { access: Access::Anybody, ..Options::default() }
}

#[tokio::test]
async fn errors_name_themselves_in_the_body_and_in_a_header() {
    let cases = [
        (
            "AmazonSQS.GetQueueUrl",
            r#"{"QueueName":"none"}"#,
            "AWS.SimpleQueueService.NonExistentQueue;Sender",
            "com.amazonaws.sqs#QueueDoesNotExist",
        ),
        (
            "AmazonSQS.CreateQueue",
            r#"{"QueueName":"a b"}"#,
            "InvalidParameterValue;Sender",
            "com.amazon.coral.service#InvalidParameterValueException",
        ),
        (
            "AmazonSQS.AddPermission",
            "{}",
            "InvalidAction;Sender",
            "com.amazon.coral.service#UnknownOperationException",
        ),
        (
            "AmazonSQS.SendMessage",
            "{",
            "MalformedInput;Sender",
            "com.amazon.coral.service#SerializationException",
        ),
    ];
    let running = RunningServer::start(open_access()).await;
    for (target, body, code, shape) in cases {
        let answer = exchange(&running.url, "POST", target, body).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
        assert!(answer.contains(&format!("x-amzn-query-error: {code}\r\n")), "{answer}");
        assert!(answer.contains("content-type: application/x-amz-json-1.0\r\n"), "{answer}");
        assert!(answer.contains(&format!(r#""__type":"{shape}""#)), "{answer}");
    }
    assert!(exchange(&running.url, "GET", "", "").await.starts_with("HTTP/1.1 405 "));
}

#[tokio::test]
async fn queue_urls_lead_back_to_where_the_caller_came_from() {
    let running = RunningServer::start(open_access()).await;
    let answer = exchange(&running.url, "POST", "AmazonSQS.CreateQueue", r#"{"QueueName":"q"}"#).await;
    assert!(answer.ends_with(r#"{"QueueUrl":"http://queues.example:7/000000000000/q"}"#), "{answer}");
    let send = r#"{"QueueUrl":"https://sqs.elsewhere.example/123456789012/q","MessageBody":"x"}"#;
    assert!(exchange(&running.url, "POST", "AmazonSQS.SendMessage", send).await.starts_with("HTTP/1.1 200 "));
}

#[tokio::test]
async fn errors_reach_the_sdk_with_their_codes() {
    let endpoint = embedded().await.expect("it is always there");
    let queue = endpoint.fifo_queue([]).await;
    let without_group = queue.try_send(None, Some("d"), "x").await.expect_err("refused").into_service_error();
    assert_eq!(without_group.code(), Some("MissingParameter"));
    let without_id = queue.try_send(Some("g"), None, "x").await.expect_err("refused").into_service_error();
    assert_eq!(without_id.code(), Some("InvalidParameterValue"));

    let changed = endpoint.client.set_queue_attributes().queue_url(&queue.url);
    let changed = changed.attributes(QueueAttributeName::DelaySeconds, "901").send().await;
    assert!(changed.expect_err("refused").into_service_error().is_invalid_attribute_value());
    let created = endpoint.client.create_queue().queue_name("standard");
    let created = created.attributes(QueueAttributeName::ContentBasedDeduplication, "true").send().await;
    assert!(created.expect_err("refused").into_service_error().is_invalid_attribute_name());
    let entry = SendMessageBatchRequestEntry::builder().id("a").message_body("x").build().expect("complete");
    let batch =
        endpoint.client.send_message_batch().queue_url(&queue.url).entries(entry.clone()).entries(entry);
    assert!(batch.send().await.expect_err("refused").into_service_error().is_batch_entry_ids_not_distinct());
    endpoint.client.purge_queue().queue_url(&queue.url).send().await.expect("the first purge");
    let second = endpoint.client.purge_queue().queue_url(&queue.url).send().await;
    assert!(second.expect_err("refused").into_service_error().is_purge_queue_in_progress());
    let task = endpoint
        .client
        .start_message_move_task()
        .source_arn("arn:aws:sqs:us-east-1:000000000000:none")
        .send()
        .await;
    assert!(task.expect_err("refused").into_service_error().is_resource_not_found_exception());
}

#[tokio::test]
async fn a_standard_queue_serves_attributes_by_either_name_of_the_list() {
    let endpoint = embedded().await.expect("it is always there");
    let queue = endpoint.standard_queue([]).await;
    let attribute = |kind: &str, value: &str| {
        MessageAttributeValue::builder().data_type(kind).string_value(value).build().expect("a value")
    };
    let request = queue.client.send_message().queue_url(&queue.url).message_body("x");
    let request = request.message_attributes("shop.id", attribute("Number", "7"));
    let request = request.message_attributes("colour", attribute("String", "blue"));
    let sent = request.send().await.expect("accepted");
    assert_eq!(sent.md5_of_message_body(), Some("9dd4e461268c8034f5c8564e155c67a6"));
    assert!(sent.md5_of_message_attributes().is_some());

    #[allow(deprecated, reason = "older clients still send the list under this name")]
    let request = queue.client.receive_message().attribute_names(QueueAttributeName::from("SentTimestamp"));
    let request = request.queue_url(&queue.url).message_attribute_names("shop.*");
    let received = request.send().await.expect("accepted").messages.expect("a message");
    let attributes = received[0].message_attributes().expect("one was asked for");
    assert_eq!(attributes.keys().collect::<Vec<_>>(), ["shop.id"]);
    assert!(system_attribute(&received[0], &MessageSystemAttributeName::SentTimestamp).is_some());
    assert_eq!(
        received[0].attributes().map(std::collections::HashMap::len),
        Some(1),
        "only what was asked for"
    );
}

#[tokio::test]
async fn a_file_has_one_server_and_the_next_one_goes_on_with_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let options = Options { data: Some(folder.path().join("queues.sqlite")), ..Options::default() };
    let running = RunningServer::start(options.clone()).await;
    let refused = embedded_sqs::Server::open(options.clone()).err().expect("the file is in use");
    assert!(refused.to_string().ends_with("is in use by another process"), "{refused}");

    let queue = Endpoint::at(&running.url).fifo_queue([]).await;
    queue.send_all("g", &["1", "2", "3"]).await;
    let received = queue.receive(1).await;
    running.stop().await;

    let running = RunningServer::start(options).await;
    let mut queue = queue;
    queue.client = Endpoint::at(&running.url).client;
    assert!(queue.receive(1).await.is_empty(), "the group is still blocked");
    queue.try_delete(handle(&received[0])).await.expect("the handle is still valid");
    assert_eq!(bodies(&queue.receive(10).await), ["2", "3"]);
    running.stop().await;
}

#[tokio::test]
async fn the_log_is_moved_into_the_file_during_use() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("queues.sqlite");
    let running = RunningServer::start(Options { data: Some(file.clone()), ..Options::default() }).await;
    let queue = Endpoint::at(&running.url).fifo_queue([]).await;
    // Shorter than the length at which SQLite checkpoints the log itself.
    let body = "x".repeat(8 * 1024);
    for number in 0..100 {
        queue.send("g", &number.to_string(), &body).await;
    }
    let length = || file.metadata().expect("the file is there").len();
    let started = Instant::now();
    while length() < 60 * 8 * 1024 {
        assert!(started.elapsed() < Duration::from_mins(1), "{} bytes", length());
        sleep(Duration::from_millis(5)).await;
    }
    running.stop().await;
}
