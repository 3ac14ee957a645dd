//! The ports of the embedded engines accept only programs that can read the data folder.

use crate::operations::user_commands::{PHONE, run, signed_up};
use evens_tests::{Addresses, Scenario};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::PermissionsExt;

const PAGE: &str = "http://evil.example";

/// A well-formed signature. Besides its form, only the access key is checked.
fn signed_with(access_key: &str) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential={access_key}/20260101/us-east-1/any/aws4_request, SignedHeaders=host, Signature=0"
    )
}

/// A request to one port, and the text that proves an answer.
struct PortRequest<'a> {
    url: &'a str,
    target: &'static str,
    body: Value,
    tells: &'static str,
}

impl PortRequest<'_> {
    async fn with(&self, method: Method, headers: &[(&'static str, &str)]) -> (StatusCode, String) {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let mut request = client.request(method, self.url).body(self.body.to_string());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.send().await.unwrap();
        let names = answer.headers().keys();
        let shared = names.map(ToString::to_string).find(|name| name.starts_with("access-control-"));
        assert_eq!(shared, None, "a browser would show the answer of {} to a page", self.target);
        (answer.status(), answer.text().await.unwrap())
    }
}

/// In an earlier version, a web page open on the same machine read every phone number and hash and created an operator.
#[tokio::test(flavor = "multi_thread")]
async fn a_page_on_the_same_machine_reads_and_writes_nothing() {
    let scenario = Scenario::start().await;
    signed_up(&scenario, PHONE, None).await;
    let file = scenario.folder().join("data/engines.json");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let engines: Addresses = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    let ports = [
        PortRequest {
            url: &engines.dynamodb,
            target: "DynamoDB_20120810.Scan",
            body: json!({ "TableName": "evens-local" }),
            tells: PHONE,
        },
        PortRequest {
            url: &engines.sqs,
            target: "AmazonSQS.ListQueues",
            body: json!({}),
            tells: "evens-local-settle",
        },
    ];
    for asked in ports {
        let (guessed, held) = (signed_with("local"), signed_with(&engines.access_key));
        let named = [("x-amz-target", asked.target), ("content-type", "application/x-amz-json-1.0")];
        let rebound = format!("evil.example:{}", asked.url.rsplit(':').next().unwrap());
        let preflight = [("origin", PAGE), ("access-control-request-method", "POST")];
        let requests = [
            (Method::POST, vec![("origin", PAGE), ("content-type", "text/plain")]),
            (Method::OPTIONS, preflight.to_vec()),
            (Method::POST, [&named[..], &[("origin", PAGE), ("authorization", &guessed)]].concat()),
            (Method::POST, [&named[..], &[("origin", "null"), ("authorization", &held)]].concat()),
            (Method::POST, [&named[..], &[("host", &rebound), ("authorization", &held)]].concat()),
            (Method::POST, named.to_vec()),
            (Method::POST, [&named[..], &[("authorization", &guessed)]].concat()),
        ];
        for (method, headers) in requests {
            let (status, text) = asked.with(method.clone(), &headers).await;
            assert_eq!(status, 403, "{} {method} {headers:?}: {text}", asked.target);
            assert!(!text.contains(asked.tells), "{text}");
        }
        let (status, text) =
            asked.with(Method::POST, &[&named[..], &[("authorization", &held)]].concat()).await;
        assert!(status == 200 && text.contains(asked.tells), "{status} {text}");
    }

    // A user of the folder finds the key there.
    let listed = run(&scenario, &["user", "list", "--json"]).await;
    assert_eq!(listed.code, Some(0), "{}", listed.stderr);
    assert!(listed.stdout.contains(PHONE), "{}", listed.stdout);
    let queues = run(&scenario, &["queues"]).await;
    assert_eq!(queues.code, Some(0), "{}", queues.stderr);
    assert!(!scenario.log().contains(&engines.access_key), "the log tells the key");
    scenario.finish().await;
}

fn key(scenario: &Scenario) -> String {
    let read = fs::read(scenario.folder().join("data/engines.json")).unwrap();
    serde_json::from_slice::<Addresses>(&read).unwrap().access_key
}

/// A leaked key is useless after a restart.
#[tokio::test(flavor = "multi_thread")]
async fn each_start_has_a_key_of_its_own() {
    let mut scenario = Scenario::start().await;
    let first = key(&scenario);
    assert!(first.len() == 32 && first.bytes().all(|byte| byte.is_ascii_hexdigit()));
    scenario.stop().await;
    scenario.restart().await;
    assert_ne!(key(&scenario), first);
    scenario.finish().await;
}
