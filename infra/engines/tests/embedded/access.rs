//! Neither port answers web pages or programs without the key.

use crate::table;
use evens_engines::Engines;
use reqwest::header::HeaderMap;
use reqwest::{Client, Method, StatusCode};

/// An authorization header that names an access key.
fn signed_with(key: &str) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential={key}/20260101/us-east-1/any/aws4_request, SignedHeaders=host, Signature=0"
    )
}

/// A port, with a request that it answers to a caller with access.
struct Port {
    url: String,
    target: &'static str,
}

impl Port {
    fn both(engines: &Engines) -> [Self; 2] {
        [
            Self { url: engines.dynamodb_url(), target: "DynamoDB_20120810.ListTables" },
            Self { url: engines.sqs_url(), target: "AmazonSQS.ListQueues" },
        ]
    }

    async fn ask(&self, method: Method, headers: &[(&'static str, &str)]) -> (StatusCode, HeaderMap, String) {
        let mut request = Client::new().request(method, &self.url).body("{}");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.send().await.unwrap();
        (answer.status(), answer.headers().clone(), answer.text().await.unwrap())
    }
}

#[tokio::test]
async fn web_pages_are_not_answered_not_even_with_the_key() {
    let engines = Engines::start(None).await.unwrap();
    let signed = signed_with(engines.access_key());
    let page = "http://evil.example";
    for port in Port::both(&engines) {
        let rebound = format!("evil.example:{}", port.url.rsplit(':').next().unwrap());
        let all = [("x-amz-target", port.target), ("authorization", &signed)];
        let simple = [("origin", page), ("content-type", "text/plain")];
        let asks_before = [
            ("origin", page),
            ("access-control-request-method", "POST"),
            ("access-control-request-headers", "authorization,content-type,x-amz-date,x-amz-target"),
        ];
        let requests = [
            ("a simple request", Method::POST, simple.to_vec()),
            ("a preflight", Method::OPTIONS, asks_before.to_vec()),
            ("an image", Method::GET, vec![("referer", page)]),
            ("what would follow a preflight", Method::POST, [&simple[..], &all].concat()),
            ("a page of a file", Method::POST, [&[("origin", "null")][..], &all].concat()),
            (
                "a page of this machine",
                Method::POST,
                [&[("origin", "http://127.0.0.1:8080")][..], &all].concat(),
            ),
            (
                "a page whose name is rebound",
                Method::POST,
                [&[("host", rebound.as_str())][..], &all].concat(),
            ),
            ("that page, reading", Method::GET, vec![("host", rebound.as_str())]),
        ];
        for (what, method, headers) in requests {
            let (status, headers, text) = port.ask(method, &headers).await;
            assert_eq!(status, 403, "{what}, {}: {text}", port.target);
            let shared = headers.keys().find(|name| name.as_str().starts_with("access-control-"));
            assert_eq!(shared, None, "{what}, {}: a browser would show the answer", port.target);
        }
    }
    engines.stop().await;
}

#[tokio::test]
async fn programs_are_answered_with_the_key_of_this_start() {
    let (engines, others) = (Engines::start(None).await.unwrap(), Engines::start(None).await.unwrap());
    let key = engines.access_key();
    assert_ne!(key, others.access_key());
    let cases = [
        (None, 403),
        (Some(String::new()), 403),
        (Some(signed_with("test")), 403),
        (Some(signed_with("")), 403),
        (Some(signed_with(others.access_key())), 403),
        (Some(signed_with(&key[1..])), 403),
        (Some(format!("Bearer {key}")), 403),
        (Some(signed_with(key)), 200),
    ];
    for port in Port::both(&engines) {
        for (signature, expected) in &cases {
            let mut headers =
                vec![("x-amz-target", port.target), ("content-type", "application/x-amz-json-1.0")];
            headers.extend(signature.as_deref().map(|signature| ("authorization", signature)));
            let (status, headers, text) = port.ask(Method::POST, &headers).await;
            assert_eq!(status, *expected, "{signature:?}, {}: {text}", port.target);
            assert!(!text.contains(key) && !headers.values().any(|value| value == key), "the key is told");
            assert_eq!(text.contains("UnrecognizedClientException"), *expected == 403, "{text}");
        }
    }
    for engines in [engines, others] {
        engines.stop().await;
    }
}

/// A refused write changes nothing.
#[tokio::test]
async fn a_write_without_the_key_does_not_happen() {
    let engines = Engines::start(None).await.unwrap();
    let client = table::client(&engines);
    table::create(&client).await;
    let wrong = table::client_with(&engines, "test");
    let deleted = wrong.delete_table().table_name(table::TABLE).send().await.unwrap_err();
    assert_eq!(deleted.raw_response().unwrap().status().as_u16(), 403);
    let tables = client.list_tables().send().await.unwrap();
    assert_eq!(tables.table_names(), [table::TABLE]);
    engines.stop().await;
}
