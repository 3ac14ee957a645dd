//! Compares the simulated engine with DynamoDB. Random operations of the store's kinds run on it and on another engine:
//! always on the embedded one, and on the endpoint in `DYNAMODB_TEST_ENDPOINT_URL` if set. Answers, refusals and final
//! contents must be the same.
//!
//! Compared are the status, the error code, the reason and item for each part of a cancelled transaction, and the items
//! of an answer. Not compared are messages, the order within a batch or of equal index keys, page boundaries (all pages
//! are read), and which of several faults is reported.

mod requests;

use super::item::{Item, parse, to_json};
use super::{Fault, Table, View};
use crate::dice::Dice;
use evens_engines::Engines;
use evens_runtime::{Clients, Endpoints, Identity};
use requests::{Request, Requests};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::Write;

const ENDPOINT_VARIABLE: &str = "DYNAMODB_TEST_ENDPOINT_URL";
/// Overrides the number of seeds in [`SEEDS`].
const SEEDS_VARIABLE: &str = "EVENS_SIMULATOR_SEEDS";
const SEEDS: u64 = 30;
const REQUESTS: usize = 80;

/// Another engine with a test table.
struct Other {
    url: String,
    access_key: String,
    table: String,
    client: reqwest::Client,
}

impl Other {
    async fn embedded(engines: &Engines) -> Self {
        Self::at(engines.dynamodb_url(), engines.access_key().to_owned()).await
    }

    /// An emulator chooses the tables by access key.
    async fn at(url: String, access_key: String) -> Self {
        let since_1970 = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap();
        let table = format!("evens-differential-{}", since_1970.as_micros());
        let endpoints =
            Endpoints { dynamodb: Some(url.clone()), sqs: Some(url.clone()), ..Endpoints::default() };
        let identity = Identity::of_engines(&access_key);
        let clients = Clients::connect_as(&identity, &endpoints).unwrap();
        evens_store::migrate(&clients.dynamodb, &table).await.unwrap();
        Self { url, access_key, table, client: reqwest::Client::new() }
    }

    async fn ask(&self, operation: &str, request: &Value) -> Answer {
        let asked = self.client.post(&self.url).json(request);
        let asked = asked
            .header("content-type", "application/x-amz-json-1.0")
            .header("x-amz-target", format!("DynamoDB_20120810.{operation}"))
            .header("x-amz-date", "20260101T000000Z")
            .header("authorization", self.authorization());
        let answer = asked.send().await.unwrap();
        let status = answer.status().as_u16();
        Answer::of(status, &answer.json().await.unwrap())
    }

    /// An authorization header with the SDK's key and region for this engine. The signature is not checked.
    fn authorization(&self) -> String {
        let scope = format!("{}/20260101/us-east-1/dynamodb/aws4_request", self.access_key);
        format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host;x-amz-date, Signature=0")
    }
}

/// The compared parts of an answer.
#[derive(Debug, PartialEq)]
struct Answer {
    status: u16,
    code: Option<String>,
    /// The items, or the reasons of a cancelled transaction, each serialised completely.
    parts: Vec<String>,
    next: Value,
}

impl Answer {
    fn of(status: u16, body: &Value) -> Self {
        let code = body["__type"].as_str().map(|kind| kind.rsplit('#').next().unwrap_or(kind).to_owned());
        let reasons = body["CancellationReasons"].as_array().into_iter().flatten();
        let is_wrong = |code: Option<&str>| code.is_some_and(|code| code.starts_with("Validation"));
        if is_wrong(code.as_deref()) || reasons.clone().any(|reason| is_wrong(reason["Code"].as_str())) {
            // Engines report validation errors within a transaction as a reason. The simulated one rejects the request
            // earlier.
            return Self {
                status,
                code: Some("Validation".to_owned()),
                parts: Vec::new(),
                next: Value::Null,
            };
        }
        let item = |item: &Value| normal(item);
        let all = |items: &Value| items.as_array().into_iter().flatten().map(item).collect::<Vec<_>>();
        let mut parts = Vec::new();
        parts.extend(reasons.map(|reason| {
            format!("{} {}", reason["Code"].as_str().unwrap_or("None"), normal(&reason["Item"]))
        }));
        for name in ["Item", "Attributes"] {
            if body[name].is_object() {
                parts.push(format!("{name} {}", item(&body[name])));
            }
        }
        parts.extend(all(&body["Items"]));
        match &body["Responses"] {
            // A transaction's items are in the order of the request.
            Value::Array(responses) => parts.extend(responses.iter().map(|response| item(&response["Item"]))),
            // A batch's items have no order.
            Value::Object(tables) => {
                let mut found: Vec<_> = tables.values().flat_map(all).collect();
                found.sort();
                parts.extend(found);
            }
            _ => {}
        }
        Self { status, code, parts, next: body["LastEvaluatedKey"].clone() }
    }
}

/// An item as canonical text, with sorted attributes and without trailing zeros in numbers.
fn normal(item: &Value) -> String {
    let parsed: Result<Item, Fault> = parse(item);
    parsed.map_or_else(|_| item.to_string(), |item| to_json(&item).to_string())
}

/// Calls the simulated engine without faults.
fn ask_ours(table: &mut Table, operation: &str, request: &Value, now_ms: u64) -> Answer {
    let mut view = View { now_ms, lag_ms: &mut || 0, page_max: usize::MAX };
    let done = if operation == "TransactWriteItems" {
        table.prepare(request).map(|prepared| {
            if let Some(transaction) = prepared {
                table.finish(transaction, now_ms);
            }
            json!({})
        })
    } else if let Some(read) = table.read(operation, request, &mut view) {
        read
    } else {
        table.write(operation, request, now_ms).unwrap()
    };
    match done {
        Ok(body) => Answer::of(200, &body),
        Err(fault) => Answer::of(fault.status, &fault.body()),
    }
}

/// Sends the same request to both, over all pages. Returns the code that both answered.
async fn compare(
    ours: &mut Table,
    other: &Other,
    request: Request,
    now_ms: u64,
) -> Result<Option<String>, String> {
    let is_index = request.body["IndexName"].is_string();
    let (operation, mut of_ours, mut of_other) = (request.operation, request.body.clone(), request.body);
    let (mut our_pages, mut other_pages) = (Vec::new(), Vec::new());
    loop {
        let mut answer = ask_ours(ours, operation, &of_ours, now_ms);
        let next = answer.next.take();
        our_pages.push(answer);
        if next.is_null() {
            break;
        }
        of_ours["ExclusiveStartKey"] = next;
    }
    loop {
        let mut answer = other.ask(operation, &of_other).await;
        let next = answer.next.take();
        other_pages.push(answer);
        if next.is_null() {
            break;
        }
        of_other["ExclusiveStartKey"] = next;
    }
    let (ours, others) = (together(our_pages, is_index), together(other_pages, is_index));
    if ours == others {
        return Ok(ours.code);
    }
    Err(format!("{operation} {of_other}\nours:  {ours:#?}\nother: {others:#?}"))
}

/// Combines the pages of a list. In an index, items with equal keys have no order.
fn together(pages: Vec<Answer>, is_index: bool) -> Answer {
    let mut all = Answer { status: 200, code: None, parts: Vec::new(), next: Value::Null };
    for page in pages {
        (all.status, all.code) = (page.status, page.code);
        all.parts.extend(page.parts);
    }
    if is_index {
        let place = |part: &str| parse_text(part)["unfinished_sk"].clone();
        all.parts.chunk_by_mut(|one, next| place(one) == place(next)).for_each(<[String]>::sort);
    }
    all
}

fn parse_text(part: &str) -> Value {
    serde_json::from_str(part).unwrap_or_default()
}

/// The tested combinations of operation and error code.
type Coverage = BTreeSet<(&'static str, Option<String>)>;

async fn try_seed(other: &Other, seed: u64, seen: &mut Coverage) -> Result<(), String> {
    let mut ours = Table::default();
    // Each seed has its own keys, so that one table serves all seeds.
    let mut requests = Requests::new(Dice::new(seed), &other.table, format!("{seed}"));
    for number in 0..REQUESTS {
        let now_ms = 1_000 + u64::try_from(number).unwrap();
        let request = requests.draw();
        let operation = request.operation;
        let compared = compare(&mut ours, other, request, now_ms).await;
        let code = compared.map_err(|difference| format!("seed {seed}, request {number}: {difference}"))?;
        seen.insert((operation, code));
    }
    for request in requests.all_partitions() {
        compare(&mut ours, other, request, 1_000_000)
            .await
            .map_err(|difference| format!("seed {seed}, in the end: {difference}"))?;
    }
    Ok(())
}

async fn try_seeds(other: Other) {
    let mut seen = Coverage::new();
    let seeds = std::env::var(SEEDS_VARIABLE).map_or(SEEDS, |seeds| seeds.parse().unwrap());
    for seed in 0..seeds.max(SEEDS) {
        if let Err(difference) = try_seed(&other, seed, &mut seen).await {
            panic!("{difference}");
        }
    }
    for (operation, code) in [
        ("PutItem", "ConditionalCheckFailedException"),
        ("UpdateItem", "ConditionalCheckFailedException"),
        ("DeleteItem", "ConditionalCheckFailedException"),
        ("UpdateItem", "Validation"),
        ("BatchGetItem", "Validation"),
        ("TransactWriteItems", "Validation"),
        ("TransactWriteItems", "TransactionCanceledException"),
        ("TransactWriteItems", "IdempotentParameterMismatchException"),
    ] {
        assert!(
            seen.contains(&(operation, Some(code.to_owned()))),
            "no {operation} came to {code}: {seen:?}"
        );
    }
    let done = seen.iter().filter(|(_, code)| code.is_none()).count();
    assert_eq!(done, 8, "each operation was done: {seen:?}");
}

#[tokio::test]
async fn the_embedded_engine_answers_alike() {
    let engines = Engines::start(None).await.unwrap();
    try_seeds(Other::embedded(&engines).await).await;
    engines.stop().await;
}

#[tokio::test]
async fn the_named_engine_answers_alike() {
    match std::env::var(ENDPOINT_VARIABLE).ok().filter(|url| !url.is_empty()) {
        Some(url) => try_seeds(Other::at(url, "test".to_owned()).await).await,
        None => writeln!(
            std::io::stderr(),
            "SKIPPED: the simulator's table beside a second engine, as {ENDPOINT_VARIABLE} is not set. To run it, start \
             DynamoDB Local as shared/store/tests/README.md says and set {ENDPOINT_VARIABLE}=http://127.0.0.1:8000."
        )
        .unwrap(),
    }
}

/// Verifies that the comparison can fail: an engine that drops a write is detected.
#[tokio::test]
async fn a_difference_is_found() {
    let engines = Engines::start(None).await.unwrap();
    let other = Other::embedded(&engines).await;
    let mut ours = Table::default();
    let item = json!({ "pk": { "S": "P" }, "sk": { "S": "S" }, "balance": { "N": "10.0" } });
    let put = json!({ "TableName": other.table, "Item": item });
    ask_ours(&mut ours, "PutItem", &put, 1);
    let get = json!({ "TableName": other.table, "Key": { "pk": { "S": "P" }, "sk": { "S": "S" } } });
    let request = Request { operation: "GetItem", body: get.clone() };
    let difference = compare(&mut ours, &other, request, 2).await.unwrap_err();
    let [ours_is, other_is] = [r#"\"balance\":{\"N\":\"10\"}"#, "other: Answer {\n    status: 200"];
    assert!(difference.contains(ours_is) && difference.contains(other_is), "{difference}");
    other.ask("PutItem", &put).await;
    compare(&mut ours, &other, Request { operation: "GetItem", body: get }, 3).await.unwrap();
    engines.stop().await;
}
