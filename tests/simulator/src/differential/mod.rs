//! Compares the simulated table with DynamoDB. Random calls of the store's kinds go to the simulated table and to
//! another engine, to each with and without the SDK. The other engine is the embedded one, and the endpoint in
//! `DYNAMODB_TEST_ENDPOINT_URL` if set. Answers, refusals and final contents must be the same.
//!
//! Compared are the kind of a failure, the reason and item for each part of a cancelled transaction, and the items of
//! an answer. Not compared are costs (the simulated table reports none), messages, the order within a batch, a scan or
//! equal index keys, page boundaries (all pages are read), and which of several faults is reported.

mod requests;
mod tokens;

use crate::clients;
use crate::dice::Dice;
use crate::seam::SimulatedTable;
use crate::trace::Trace;
use crate::world::{State, Who, World};
use evens_engines::Engines;
use evens_runtime::{Clients, Endpoints, Identity};
use evens_simulated_table::Request;
use evens_simulated_table::call::{CallItem, code_of, set_number};
use evens_simulated_table::item::item_of;
use evens_store::SdkTable;
use evens_table::{Failure, Get, Put, Reason, Segment, Table};
use requests::{Requests, place_in_index};
use std::collections::BTreeSet;
use std::io::Write;
use std::sync::Arc;

const ENDPOINT_VARIABLE: &str = "DYNAMODB_TEST_ENDPOINT_URL";
/// Overrides the number of seeds in [`SEEDS`].
const SEEDS_VARIABLE: &str = "EVENS_SIMULATOR_SEEDS";
const SEEDS: u64 = 30;
const REQUESTS: usize = 80;

/// A table of another engine, with a name for messages.
struct Other {
    name: &'static str,
    table: Arc<dyn Table>,
}

impl Other {
    /// Tables of the embedded engine: one that is called through the SDK, and one that is called without.
    async fn embedded(engines: &Engines) -> Vec<Self> {
        let clients = connect(engines.dynamodb_url(), engines.access_key());
        let (first, second) = (new_table(&clients, "sdk").await, new_table(&clients, "direct").await);
        vec![
            Self { name: "embedded, SDK", table: Arc::new(SdkTable::new(clients.dynamodb, first)) },
            Self { name: "embedded, direct", table: engines.table(&second) },
        ]
    }

    async fn at(url: String) -> Self {
        // An emulator chooses the tables by access key.
        let clients = connect(url, "test");
        let table = new_table(&clients, "named").await;
        Self { name: "the named engine", table: Arc::new(SdkTable::new(clients.dynamodb, table)) }
    }
}

fn connect(url: String, access_key: &str) -> Clients {
    let endpoints = Endpoints { dynamodb: Some(url.clone()), sqs: Some(url), ..Endpoints::default() };
    Clients::connect_as(&Identity::of_engines(access_key), &endpoints).unwrap()
}

async fn new_table(clients: &Clients, name: &str) -> String {
    let since_1970 = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap();
    let table = format!("evens-differential-{name}-{}", since_1970.as_micros());
    evens_store::migrate(&clients.dynamodb, &table).await.unwrap();
    table
}

/// The simulated table in a world without hazards.
fn new_world() -> World {
    World::new(State::new(0, Dice::new(0), Trace::new(false)))
}

/// The simulated table, called without the SDK and through it. Both have a table of their own.
fn simulated() -> Vec<Other> {
    let (direct, through_sdk) = (new_world(), new_world());
    let client = clients::table_client(&through_sdk, Who::Auditor);
    vec![
        Other { name: "simulated", table: SimulatedTable::of(direct, Who::Auditor) },
        Other { name: "simulated, SDK", table: Arc::new(SdkTable::new(client, "table".to_owned())) },
    ]
}

/// The compared parts of an answer or a failure.
#[derive(Debug, Default, PartialEq)]
struct Answer {
    code: Option<String>,
    /// The items, or the reasons of a cancelled transaction.
    parts: Vec<String>,
}

impl Answer {
    fn of(items: impl IntoIterator<Item = CallItem>) -> Self {
        Self { code: None, parts: items.into_iter().map(|item| normal(&item)).collect() }
    }

    fn sorted(mut self) -> Self {
        self.parts.sort();
        self
    }
}

impl From<Failure> for Answer {
    fn from(failure: Failure) -> Self {
        let is_wrong = |code: &str| code.starts_with("Validation");
        let found = |found: Option<CallItem>| found.map(|item| normal(&item)).unwrap_or_default();
        match failure {
            Failure::ConditionFailed { found: item } => {
                Self { code: Some("ConditionFailed".to_owned()), parts: vec![found(item)] }
            }
            Failure::Cancelled { reasons, .. } => {
                if reasons.iter().flatten().any(|reason| is_wrong(&reason.code)) {
                    // Engines report validation errors within a transaction as a reason. The simulated one rejects the
                    // request earlier.
                    return Self { code: Some("Validation".to_owned()), parts: Vec::new() };
                }
                let part = |reason: Option<Reason>| {
                    let code = code_of(reason.as_ref()).to_owned();
                    format!("{code} {}", found(reason.and_then(|reason| reason.found)))
                };
                Self { code: Some("Cancelled".to_owned()), parts: reasons.into_iter().map(part).collect() }
            }
            Failure::Refused { code, is_server_error, .. } => {
                assert!(!is_server_error, "{code}");
                let code = if is_wrong(&code) { "Validation".to_owned() } else { code };
                Self { code: Some(code), parts: Vec::new() }
            }
            Failure::NotSent(source) | Failure::NoAnswer(source) => panic!("no answer: {source}"),
        }
    }
}

/// An item as canonical text, with sorted attributes and without trailing zeros in numbers.
fn normal(item: &CallItem) -> String {
    item_of(item).map_or_else(|_| format!("{item:?}"), |item| format!("{item:?}"))
}

/// Makes one call. Also returns where the next page starts.
async fn ask(table: &dyn Table, request: Request) -> Result<(Vec<CallItem>, Option<CallItem>), Failure> {
    let (items, next) = match request {
        Request::Get(get) => (table.get(get, false).await?.value.into_iter().collect(), None),
        Request::GetBatch(keys) => (table.get_batch(keys, false).await?.value.items, None),
        Request::GetAtOnce(keys) => {
            let found = table.get_at_once(keys, false).await?.value.into_iter();
            (found.map(Option::unwrap_or_default).collect(), None)
        }
        Request::Query(query) => {
            let page = table.query(query, false).await?.value;
            (page.items, page.next)
        }
        Request::Scan(scan) => {
            let page = table.scan(scan, false).await?.value;
            (page.items, page.next)
        }
        Request::Put(put) => {
            table.put(put, false).await?;
            (Vec::new(), None)
        }
        Request::Update(update, returned) => (vec![table.update(update, returned, false).await?.value], None),
        Request::Delete(delete) => {
            table.delete(delete, false).await?;
            (Vec::new(), None)
        }
        Request::Transact { writes, .. } => {
            table.transact(writes, false).await?;
            (Vec::new(), None)
        }
    };
    Ok((items, next))
}

/// Makes a call until its last page, and in all segments.
async fn ask_for_all(table: &dyn Table, request: &Request) -> Answer {
    let (mut all, mut next, mut number) = (Vec::new(), None, 0);
    loop {
        let mut request = request.clone();
        let segments = match &mut request {
            Request::Query(query) => {
                query.start = next;
                0
            }
            Request::Scan(scan) => {
                scan.start = next;
                scan.segment = scan.segment.map(|segment| Segment { number, ..segment });
                scan.segment.map_or(0, |segment| segment.total)
            }
            _ => 0,
        };
        match ask(table, request).await {
            Ok((items, more)) => {
                all.extend(items);
                next = more;
            }
            Err(failure) => return failure.into(),
        }
        if next.is_none() {
            number += 1;
            if number >= segments {
                break;
            }
        }
    }
    match request {
        Request::GetBatch(_) | Request::Scan(_) => Answer::of(all).sorted(),
        Request::Query(query) if query.index.is_some() => {
            // Items with equal keys of the index have no order.
            let is_equal = |one: &CallItem, other: &CallItem| place_in_index(one) == place_in_index(other);
            all.chunk_by_mut(is_equal).for_each(|equal| equal.sort_by_key(normal));
            Answer::of(all)
        }
        _ => Answer::of(all),
    }
}

/// Makes the same call to all tables. Returns the code that all answered.
async fn compare(tables: &[Other], request: Request) -> Result<Option<String>, String> {
    let mut expected: Option<(&str, Answer)> = None;
    for Other { name, table } in tables {
        let answer = ask_for_all(table.as_ref(), &request).await;
        match &expected {
            Some((first, expected)) if *expected != answer => {
                return Err(format!("{request:#?}\n{first}: {expected:#?}\n{name}: {answer:#?}"));
            }
            Some(_) => {}
            None => expected = Some((name, answer)),
        }
    }
    Ok(expected.and_then(|(_, answer)| answer.code))
}

/// The tested combinations of operation and error code.
type Coverage = BTreeSet<(&'static str, Option<String>)>;

async fn try_seed(others: &[Other], seed: u64, seen: &mut Coverage) -> Result<(), String> {
    let mut tables = simulated();
    let others = others.iter().map(|other| Other { name: other.name, table: Arc::clone(&other.table) });
    tables.extend(others);
    // Each seed has its own keys, so that one table serves all seeds.
    let mut requests = Requests::new(Dice::new(seed), format!("{seed}"));
    for number in 0..REQUESTS {
        let request = requests.draw();
        let operation = request.operation();
        let compared = compare(&tables, request).await;
        let code = compared.map_err(|difference| format!("seed {seed}, request {number}: {difference}"))?;
        seen.insert((operation, code));
    }
    for request in requests.all_partitions() {
        let compared = compare(&tables, request).await;
        compared.map_err(|difference| format!("seed {seed}, in the end: {difference}"))?;
    }
    Ok(())
}

async fn try_seeds(others: Vec<Other>) {
    let mut seen = Coverage::new();
    let seeds = std::env::var(SEEDS_VARIABLE).map_or(SEEDS, |seeds| seeds.parse().unwrap());
    for seed in 0..seeds.max(SEEDS) {
        if let Err(difference) = try_seed(&others, seed, &mut seen).await {
            panic!("{difference}");
        }
    }
    for (operation, code) in [
        ("PutItem", "ConditionFailed"),
        ("UpdateItem", "ConditionFailed"),
        ("DeleteItem", "ConditionFailed"),
        ("UpdateItem", "Validation"),
        ("BatchGetItem", "Validation"),
        ("TransactWriteItems", "Validation"),
        ("TransactWriteItems", "Cancelled"),
    ] {
        let wanted = (operation, Some(code.to_owned()));
        assert!(seen.contains(&wanted), "no {operation} came to {code}: {seen:?}");
    }
    let done = seen.iter().filter(|(_, code)| code.is_none()).count();
    assert_eq!(done, 9, "each operation was done: {seen:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_embedded_engine_answers_alike() {
    let engines = Engines::start(None).await.unwrap();
    try_seeds(Other::embedded(&engines).await).await;
    engines.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_named_engine_answers_alike() {
    match std::env::var(ENDPOINT_VARIABLE).ok().filter(|url| !url.is_empty()) {
        Some(url) => try_seeds(vec![Other::at(url).await]).await,
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
    let mut requests = Requests::new(Dice::new(1), "1".to_owned());
    let (tables, mut item) = (simulated(), requests.key());
    set_number(&mut item, "balance", "10.0");
    let put = Request::Put(Put { item: item.clone(), condition: None });
    item.remove("balance");
    let get = Get { key: item, is_consistent: true, projection: None, names: [].into() };
    ask(tables[0].table.as_ref(), put.clone()).await.unwrap();
    let difference = compare(&tables, Request::Get(get.clone())).await.unwrap_err();
    assert!(difference.contains(r#"\"balance\": Number(10)"#), "{difference}");
    ask(tables[1].table.as_ref(), put).await.unwrap();
    compare(&tables, Request::Get(get)).await.unwrap();
}
