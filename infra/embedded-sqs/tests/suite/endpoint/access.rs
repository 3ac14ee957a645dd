//! The requests that a server answers when it serves only programs of its machine.

use embedded_sqs::{Access, AccessKey, Options};

use crate::endpoint::{client::Endpoint, protocol::exchange_with, server::RunningServer};

const LIST: (&str, &str) = ("x-amz-target", "AmazonSQS.ListQueues");

#[tokio::test]
async fn programs_of_this_machine_are_answered_and_web_pages_are_not() {
    let running = RunningServer::start(Options::default()).await;
    let (local, page) = (("host", "127.0.0.1:9324"), ("origin", "http://evil.example"));
    let cases = [
        ("POST", vec![local, LIST], 200),
        ("POST", vec![("host", "localhost"), LIST], 200),
        ("POST", vec![("host", "evil.example:9324"), LIST], 403),
        ("POST", vec![LIST], 403),
        ("POST", vec![local, ("host", "evil.example"), LIST], 403),
        ("POST", vec![local, page, ("content-type", "text/plain"), LIST], 403),
        ("POST", vec![local, ("origin", "null"), LIST], 403),
        ("OPTIONS", vec![local, page, ("access-control-request-method", "POST")], 403),
        ("GET", vec![("host", "evil.example:9324")], 403),
    ];
    for (method, headers, expected) in cases {
        let answer = exchange_with(&running.url, method, &headers, "{}").await;
        let is_expected = answer.starts_with(&format!("HTTP/1.1 {expected} "));
        assert!(is_expected, "{method} {headers:?}: {answer}");
        assert!(!answer.contains("access-control-"), "{answer}");
    }
    running.stop().await;
}

#[tokio::test]
async fn a_key_is_asked_for_where_there_is_one() {
    let key = AccessKey::random().expect("a key");
    let access = Access::Holders(key.clone());
    let running = RunningServer::start(Options { access, ..Options::default() }).await;
    let refused = Endpoint::at(&running.url).client.list_queues().send().await.expect_err("another key");
    assert_eq!(refused.raw_response().expect("an answer").status().as_u16(), 403);
    let holder = Endpoint::at_with(&running.url, key.id());
    holder.client.list_queues().send().await.expect("the right key");
    running.stop().await;
}
